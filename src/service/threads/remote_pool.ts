import type { MessagePort } from "node:worker_threads";
import type { Answered, Task, TaskOptions } from "../../pool/pool.ts";
import type { PoolState } from "../../pool/state.ts";
import { Problem } from "../../problems.ts";
import type { Job, JobResult } from "../formats.ts";
import type { ComputePool } from "../lifecycle.ts";
import type { FromPool, Outcome, ToPool } from "./messages.ts";

interface Sent {
  readonly answer: PromiseWithResolvers<Answered<JobResult>>;
  readonly onEnd: TaskOptions["onEnd"];
}

/** The main thread's pool, as another HTTP thread has it: what it asks at once is in shared memory, tasks go as messages. */
export class RemotePool implements ComputePool {
  readonly #port: MessagePort;
  readonly #state: PoolState;
  readonly inPlace: ComputePool["inPlace"];
  readonly #sent = new Map<number, Sent>();
  #lastId = 0;
  #space: PromiseWithResolvers<void> | undefined;

  private constructor(port: MessagePort, state: PoolState, inPlace: ComputePool["inPlace"]) {
    this.#port = port;
    this.#state = state;
    this.inPlace = inPlace;
  }

  /** Resolves when the pool takes tasks. */
  static connect(port: MessagePort, state: PoolState, inPlace: ComputePool["inPlace"]): Promise<RemotePool> {
    const pool = new RemotePool(port, state, inPlace);
    const { promise, resolve } = Promise.withResolvers<RemotePool>();
    port.on("message", (message: FromPool) => {
      if (message.kind === "open") resolve(pool);
      else pool.#receive(message);
    });
    return promise;
  }

  get ready(): boolean {
    return this.#state.ready;
  }

  get full(): boolean {
    return this.#state.full;
  }

  get stats(): ComputePool["stats"] {
    return this.#state.stats;
  }

  get restartsBy(): ComputePool["restartsBy"] {
    return this.#state.restartsBy;
  }

  get queuedMs(): number {
    return this.#state.queuedMs;
  }

  retryAfterSeconds(): number {
    return this.#state.retryAfterSeconds();
  }

  space(): Promise<void> {
    if (!this.#space) {
      this.#space = Promise.withResolvers();
      this.#post({ kind: "space" });
    }
    return this.#space.promise;
  }

  submit(job: Job, { bytes, deadlineMs, onEnd }: TaskOptions): Task<JobResult> | undefined {
    if (this.#state.closing) return undefined;
    const hasPlace = this.#state.takePlace();
    if (!hasPlace && !this.#state.hasDemoted) return undefined;
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Answered<JobResult>>();
    // The caller may be gone when this rejects, and a rejection that nobody handles would end the process.
    answer.promise.catch(() => undefined);
    this.#sent.set(id, { answer, onEnd });
    this.#post({ kind: "submit", id, job, bytes, deadlineAt: deadlineMs + performance.timeOrigin, hasPlace });
    return {
      answer: answer.promise,
      cancel: () => this.#sent.has(id) && this.#post({ kind: "cancel", id }),
      demote: () => this.#sent.has(id) && this.#post({ kind: "demote", id }),
    };
  }

  #post(message: ToPool): void {
    this.#port.postMessage(message);
  }

  #receive(message: Exclude<FromPool, { kind: "open" }>): void {
    if (message.kind === "space") {
      this.#space?.resolve();
      this.#space = undefined;
      return;
    }
    const { id, outcome, reusable } = message;
    const { answer, onEnd } = this.#sent.get(id)!;
    if (reusable !== undefined) {
      this.#sent.delete(id);
      onEnd?.(reusable);
    }
    if (outcome) settle(answer, outcome);
  }
}

function settle({ resolve, reject }: Sent["answer"], outcome: Outcome): void {
  if ("answered" in outcome) resolve(outcome.answered);
  else reject("problem" in outcome ? Problem.from(outcome.problem) : outcome.error);
}
