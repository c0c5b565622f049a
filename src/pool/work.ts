import { Problem } from "../problems.ts";
import type { PoolWorker } from "./worker.ts";

/** What a caller says of its job. */
export interface TaskOptions {
  /** The size of its body, by which its duration is estimated. */
  readonly bytes: number;
  /** When its answer is of no use any more, on performance.now(). */
  readonly deadlineMs: number;
  /** Whether its place was taken already, in the pool's state. */
  readonly hasPlace?: boolean;
  /**
   * Called once, when no worker has the job any more; after a rejection a worker may have it for some time yet. If
   * `reusable`, its memory may be used again. If not, a worker that died or was stopped may still write to it.
   */
  onEnd?(reusable: boolean): void;
}

/** A job that the pool has taken. */
export interface Task<Result> {
  /**
   * `queueMs` is the time until the worker that answered got the job. Rejects with a Problem (`deadline_exceeded`,
   * `worker_crashed`, `queue_full`, `draining`), with an AbortError after `cancel`, or with a DataCloneError for a job that
   * cannot be sent to a worker. A rejection that nobody listens to is harmless.
   */
  readonly answer: Promise<Answered<Result>>;
  /** The caller is gone: a waiting task is removed, a running one's result is discarded. May be called at any time. */
  cancel(): void;
  /** The caller may be gone: the task is the first to go where the queue is full. */
  demote(): void;
}

export interface Answered<Result> {
  readonly result: Result;
  readonly queueMs: number;
}

/** What the pool keeps of a task. Times are on performance.now(). */
export interface Work<Job, Result> extends TaskOptions {
  readonly job: Job;
  readonly answer: PromiseWithResolvers<Answered<Result>>;
  readonly queuedAt: number;
  timer: NodeJS.Timeout | undefined;
  /** Whether its caller has its answer, or the reason why there is none. */
  settled: boolean;
  demoted: boolean;
  /** Whether a worker that had it did not answer. */
  lost: boolean;
  /** Workers that died of it. */
  crashes: number;
  /** Whether it is run whole, because its parts have failed before. */
  whole: boolean;
  /** The worker that it was sent to while that one still had another in hand. */
  ahead: PoolWorker<Job, Result> | undefined;
  /** What runs of it now. */
  attempt: Attempt<Job, Result> | undefined;
}

/** One run of a task: its whole job on one worker, or its parts on several. */
export interface Attempt<Job, Result> {
  readonly work: Work<Job, Result>;
  readonly jobs: readonly Job[];
  readonly startedAt: number;
  /** The workers that have not answered, each with the number of its part. */
  readonly workers: Map<PoolWorker<Job, Result>, number>;
  readonly results: Result[];
  /** Whether a part will have no result. */
  failed: boolean;
}

/** A task of which nothing runs yet. */
export function newWork<Job, Result>(job: Job, options: TaskOptions, whole: boolean): Work<Job, Result> {
  const answer = Promise.withResolvers<Answered<Result>>();
  // The caller may be gone when this rejects, and a rejection that nobody handles would end the process.
  answer.promise.catch(() => undefined);
  const { bytes, deadlineMs, onEnd } = options;
  return {
    job,
    bytes,
    deadlineMs,
    ...(onEnd && { onEnd }),
    answer,
    queuedAt: performance.now(),
    timer: undefined,
    settled: false,
    demoted: false,
    lost: false,
    crashes: 0,
    whole,
    ahead: undefined,
    attempt: undefined,
  };
}

/** Gives the caller its answer, or the reason why there is none: the first time only. */
export function settle<Job, Result>(work: Work<Job, Result>, answered: Answered<Result> | undefined, reason?: unknown) {
  if (work.settled) return;
  work.settled = true;
  if (answered) work.answer.resolve(answered);
  else work.answer.reject(reason);
}

export function late(where: string): Problem {
  return new Problem("deadline_exceeded", `The deadline passed ${where}`);
}

/** A timer of any length: outside of its bounds setTimeout would fire at once. */
export function startTimer(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, Math.min(Math.max(delayMs, 0), 2 ** 31 - 1));
}
