import type { Answered, Reservation } from "#lossd/pool/pool.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";

export interface StubPool extends ComputePool {
  ready: boolean;
  /** What each reserve() was asked for. */
  readonly reserved: readonly number[];
  /** The bytes that each resize() ended with. */
  readonly resized: readonly number[];
  /** Resolves when a job, the next one of all, has arrived. */
  nextJob(): Promise<Job>;
  /** Resolves when a reservation, the next one of all, was cancelled before its answer. */
  nextCancel(): Promise<void>;
}

export interface StubBehaviour {
  readonly full?: boolean;
  readonly retryAfterSeconds?: number;
  /** How a job is answered; without it, never. */
  run?(job: Job, deadlineMs: number): Promise<Answered<JobResult>>;
}

/** A pool without workers whose every answer is the test's. */
export function stubPool(behaviour: StubBehaviour = {}): StubPool {
  const reserved: number[] = [];
  const resized: number[] = [];
  const jobs = signals<Job>();
  const cancels = signals<void>();
  const reserve = (bytes: number): Reservation<Job, JobResult> | undefined => {
    reserved.push(bytes);
    if (behaviour.full) return undefined;
    let answered = false;
    return {
      resize: (size) => resized.push(size) > 0,
      run: async (job, deadlineMs) => {
        jobs.give(job);
        const answer = behaviour.run ? behaviour.run(job, deadlineMs) : new Promise<never>(() => undefined);
        return answer.finally(() => {
          answered = true;
        });
      },
      cancel: () => {
        if (!answered) cancels.give();
        answered = true;
      },
    };
  };
  return {
    ready: true,
    reserved,
    resized,
    reserve,
    hold: () => () => undefined,
    retryAfterSeconds: () => behaviour.retryAfterSeconds ?? 1,
    nextJob: jobs.next,
    nextCancel: cancels.next,
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
