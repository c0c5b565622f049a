import { Problem } from "../problems.ts";
import type { Thread } from "./thread.ts";

/** A place in the pool, taken before the job exists. It ends by itself with its task, or by `cancel`. */
export interface Reservation<Job, Result> {
  /** Sets the bytes that this place counts for. False, and nothing changed, if they do not fit or the place is gone. */
  resize(bytes: number): boolean;
  /**
   * Runs the job, once for each reservation; `deadlineMs` is absolute, on performance.now(). `queueMs` is the time from
   * this call until the worker that answered got the job. Rejects with a Problem (`deadline_exceeded`,
   * `worker_crashed`, `draining`), with an AbortError after `cancel`, or with a DataCloneError for a job that cannot be
   * sent to a worker. A rejection that nobody listens to is harmless. `onUnused` is called when every worker that had the
   * job has answered, which after a rejection is later: its memory may be used again. Not if a worker died or was stopped.
   */
  run(job: Job, deadlineMs: number, onUnused?: () => void): Promise<Answered<Result>>;
  /** The caller is gone: a waiting task is removed, a running one's result is discarded. May be called at any time. */
  cancel(): void;
}

export interface Answered<Result> {
  readonly result: Result;
  readonly queueMs: number;
}

/** What the pool keeps of a reservation. `ended` is why its task can no longer succeed. */
export interface Ticket<Job, Result> {
  bytes: number;
  /** Whether it has run its job. */
  used: boolean;
  work?: Work<Job, Result>;
  ended?: unknown;
}

/** What the pool keeps of a reservation's task. Times are on performance.now(). */
export interface Work<Job, Result> {
  readonly ticket: Ticket<Job, Result>;
  readonly job: Job;
  readonly answer: PromiseWithResolvers<Answered<Result>>;
  readonly queuedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly onUnused: (() => void) | undefined;
  /** Whether a worker that had it did not answer. */
  lost: boolean;
  /** Workers that died of it. */
  crashes: number;
  /** Whether its parts have failed already: it is run whole. */
  whole: boolean;
  /** What runs of it now. */
  attempt: Attempt<Job, Result> | undefined;
}

/** One run of a task: its whole job on one worker, or its parts on several. */
export interface Attempt<Job, Result> {
  readonly work: Work<Job, Result>;
  readonly jobs: readonly Job[];
  readonly startedAt: number;
  /** The workers that have not answered, each with the place of its job. */
  readonly threads: Map<Thread<Job, Result>, number>;
  readonly results: Result[];
  /** Whether a part will have no result. */
  failed: boolean;
}

export function late(): Problem {
  return new Problem("deadline_exceeded", "The deadline passed while the request waited");
}
