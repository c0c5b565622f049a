import type { PoolState } from "./state.ts";
import type { WorkersOptions } from "./workers.ts";

export interface PoolOptions<Job, Result> extends WorkersOptions<Job, Result> {
  /** Tasks that may wait beside those that the workers run. */
  readonly queueLengthMax: number;
  /** Where the pool shows how it stands to other threads, by the same limits. */
  readonly state?: PoolState;
  /** A worker that holds more than this after a task is replaced as soon as no task waits for it. */
  readonly workerMemoryBytesMax: number;
  /** How long a worker may go on with a task whose deadline has passed. */
  readonly graceMs: number;
  /** Jobs of at most so many bytes are sent ahead to workers that still have another in hand. */
  readonly aheadBytesMax: number;
  /** How a large job is cut over workers that would be idle. */
  readonly cut?: Cut<Job, Result>;
  /** Called for each task that was not finished within the grace, before its workers are ended. */
  onOverdue?(overdue: Overdue): void;
}

/** How a job is cut into parts that run at the same time, and how their results are joined. */
export interface Cut<Job, Result> {
  /** At most `workers` parts, at least 2; undefined for a job that stays whole. */
  split(job: Job, workers: number): readonly Job[] | undefined;
  /** One part has failed: the others need not go on. They still have to answer. */
  abandon(parts: readonly Job[]): void;
  /** The whole job's result; undefined if the parts cannot tell, and the job is then run whole. */
  join(results: readonly Result[]): Result | undefined;
  /** How far the parts have come, for the log. */
  progress?(parts: readonly Job[]): object;
}

/** What a log should say of a task that is not finished long after its deadline. */
export interface Overdue {
  readonly parts: number;
  /** The parts that have not answered, from 0, each with the system's number of its worker's thread. */
  readonly missing: readonly { readonly part: number; readonly threadId: number | undefined }[];
  readonly ranMs: number;
  readonly progress?: object;
}
