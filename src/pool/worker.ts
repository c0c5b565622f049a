import { Worker } from "node:worker_threads";
import { claimTask, type FromWorker, type Task } from "./protocol.ts";

/**
 * Why a worker ended: it died, it ran out of memory, a task's deadline passed, it held too much memory between tasks, or its
 * known answer was wrong.
 */
export const endCauses = ["crash", "out_of_memory", "deadline", "memory", "wrong_answer"] as const;
export type EndCause = (typeof endCauses)[number];

/** A job whose right answer is known. */
export interface KnownAnswer<Job, Result> {
  readonly job: Job;
  accepts(result: Result): boolean;
}

export interface WorkerOptions<Job, Result> {
  /** The module that a worker runs: it calls serveTasks. */
  readonly worker: URL;
  readonly workerData?: unknown;
  /** Each worker, a replacement too, gives this answer before it gets a task. */
  readonly knownAnswer: KnownAnswer<Job, Result>;
  /** The heap's limit in megabytes. Beyond it this worker ends alone; at V8's own limit the whole process would. */
  readonly heapMegabytesMax?: number;
  /** Milliseconds that a worker may take to load and to give the known answer; 30,000 by default. */
  readonly startMsMax?: number;
}

/** What a worker tells its pool. `onEnd` comes once, whatever the number of events that say so, and nothing after it. */
export interface WorkerEvents<Job, Result> {
  onUsable(worker: PoolWorker<Job, Result>): void;
  onAnswer(worker: PoolWorker<Job, Result>, result: Result, memoryBytes: number): void;
  onEnd(worker: PoolWorker<Job, Result>, cause: EndCause, error: unknown): void;
}

/**
 * V8 ends a worker whose heap is full, and gives it 16 MB to end in. More than that may come out of its young generation at
 * once, and then V8 ends the whole process instead.
 */
const youngMegabytesMax = 24;

const startMsMaxDefault = 30_000;

/** The pool's side of one worker: it is started, gives its known answer, answers its tasks in their order, and ends once. */
export class PoolWorker<Job, Result> {
  readonly #worker: Worker;
  readonly #options: WorkerOptions<Job, Result>;
  readonly #events: WorkerEvents<Job, Result>;
  readonly #startTimer: NodeJS.Timeout;
  /** Two claims, used in turn: the worker may not have read the last task's when the next one is sent. */
  #claims = [newClaim(), newClaim()] as const;
  #usable = false;
  #ended = false;
  #lastId = 0;
  #inHand: number | undefined;
  #ahead: number | undefined;
  /** The system's number of its thread, where there is one. */
  threadId: number | undefined;

  constructor(options: WorkerOptions<Job, Result>, events: WorkerEvents<Job, Result>) {
    this.#options = options;
    this.#events = events;
    const { workerData, heapMegabytesMax } = options;
    const resourceLimits =
      heapMegabytesMax === undefined
        ? {}
        : { maxOldGenerationSizeMb: heapMegabytesMax, maxYoungGenerationSizeMb: youngMegabytesMax };
    this.#worker = new Worker(options.worker, { workerData, resourceLimits });
    const startMsMax = options.startMsMax ?? startMsMaxDefault;
    this.#startTimer = setTimeout(() => {
      this.end("deadline", new Error(`a worker did not give its known answer within ${startMsMax} ms`));
    }, startMsMax);
    this.#worker.on("message", (message: FromWorker<Result>) => this.#receive(message));
    this.#worker.on("messageerror", (error) => this.end("crash", error));
    // An error may arrive before answers that the worker gave earlier; "exit" comes after them all.
    let error: unknown;
    this.#worker.on("error", (cause) => {
      error = cause;
    });
    this.#worker.on("exit", (code) => {
      this.end(causeOf(error), error ?? new Error(`a worker exited with code ${code}`));
    });
  }

  /** Whether the worker has given its known answer. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Sends one job to a worker that has none. Nothing is transferred: the pool needs the job again if this worker dies, so
   * large bytes in a job belong in a SharedArrayBuffer, which is neither copied nor lost. Throws a DataCloneError if the job
   * cannot be sent.
   */
  post(job: Job): void {
    this.#inHand = this.#send(job);
  }

  /** Sends one more, to a worker that has one in hand and none ahead. Throws a DataCloneError. */
  postAhead(job: Job): void {
    const [claim, other] = this.#claims;
    Atomics.store(claim, 0, this.#lastId + 1);
    this.#ahead = this.#send(job, claim);
    this.#claims = [other, claim];
  }

  /** Takes back the job that was sent ahead. False: there is none, or the worker has begun it. */
  takeBack(): boolean {
    if (this.#ahead === undefined || !claimTask(this.#claims[1], this.#ahead)) return false;
    this.#ahead = undefined;
    return true;
  }

  end(cause: EndCause, error?: unknown): void {
    if (this.#ended) return;
    void this.stop();
    this.#events.onEnd(this, cause, error);
  }

  /** Ends the worker without telling the pool. Resolves when its thread is gone. */
  async stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#startTimer);
    await this.#worker.terminate();
  }

  #send(job: Job, claim?: Int32Array): number {
    const task: Task<Job> = { id: this.#lastId + 1, job, ...(claim && { claim }) };
    this.#worker.postMessage(task);
    this.#lastId = task.id;
    return task.id;
  }

  #receive(message: FromWorker<Result>): void {
    if (this.#ended) return;
    if (message.kind === "ready") {
      this.threadId = message.threadId;
      this.post(this.#options.knownAnswer.job);
    } else if (message.id !== this.#inHand) {
      this.end("crash", new Error("a worker answered a task that it was not given"));
    } else {
      this.#inHand = this.#ahead;
      this.#ahead = undefined;
      if (this.#usable) this.#events.onAnswer(this, message.result, message.memoryBytes);
      else this.#compare(message.result);
    }
  }

  #compare(result: Result): void {
    if (!this.#options.knownAnswer.accepts(result)) {
      this.end("wrong_answer", new Error("a worker gave a wrong answer to the task whose answer is known"));
      return;
    }
    clearTimeout(this.#startTimer);
    this.#usable = true;
    this.#events.onUsable(this);
  }
}

function newClaim(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

function causeOf(error: unknown): EndCause {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "out_of_memory" : "crash";
}
