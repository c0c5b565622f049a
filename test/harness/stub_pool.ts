import type { Answered, Task, TaskOptions } from "#lossd/pool/pool.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";

export interface StubPool extends ComputePool {
  ready: boolean;
  /** Resolves when a job, the next one of all, has arrived. */
  nextJob(): Promise<Job>;
  /** Resolves when a task, the next one of all, was cancelled before its answer. */
  nextCancel(): Promise<void>;
  /** Resolves when the client of a task, the next one of all, has ended its side of the connection. */
  nextDemotion(): Promise<void>;
}

export interface StubBehaviour {
  readonly full?: boolean;
  readonly retryAfterSeconds?: number;
  /** How a job is answered; without it, never. */
  run?(job: Job, deadlineMs: number): Promise<Answered<JobResult>>;
}

/** A pool without workers whose every answer is the test's. */
export function stubPool(behaviour: StubBehaviour = {}): StubPool {
  const jobs = signals<Job>();
  const cancels = signals<void>();
  const demotions = signals<void>();
  const submit = (job: Job, { deadlineMs, onEnd }: TaskOptions): Task<JobResult> | undefined => {
    if (behaviour.full) return undefined;
    jobs.give(job);
    let ended = false;
    const end = () => {
      if (!ended) onEnd?.(true);
      ended = true;
    };
    const answer = behaviour.run ? behaviour.run(job, deadlineMs) : new Promise<never>(() => undefined);
    return {
      answer: answer.finally(end),
      cancel: () => {
        if (!ended) cancels.give();
        end();
      },
      demote: () => demotions.give(),
    };
  };
  return {
    ready: true,
    full: behaviour.full ?? false,
    submit,
    inPlace: () => undefined,
    space: () => new Promise(() => undefined),
    retryAfterSeconds: () => behaviour.retryAfterSeconds ?? 1,
    stats: { queued: 0, running: 0, inFlight: 0, restarts: 0 },
    restartsBy: {},
    queuedMs: 0,
    nextJob: jobs.next,
    nextCancel: cancels.next,
    nextDemotion: demotions.next,
  };
}

/** A success with these bytes. */
export function answered(text: string): Answered<JobResult> {
  const timings = { parse: 1, compute: 2, print: 3 };
  return { result: { ok: true, reply: [new TextEncoder().encode(text)], rows: 1, columns: 1, timings }, queueMs: 0.5 };
}

function signals<T>() {
  const given: T[] = [];
  const waiting: ((value: T) => void)[] = [];
  const give = (value: T) => {
    const taker = waiting.shift();
    if (taker) taker(value);
    else given.push(value);
  };
  const next = () => new Promise<T>((resolve) => (given.length > 0 ? resolve(given.shift()!) : waiting.push(resolve)));
  return { give, next };
}
