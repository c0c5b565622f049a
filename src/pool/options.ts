import type { CrewOptions } from "./crew.ts";

export interface PoolOptions<Job, Result> extends CrewOptions<Job, Result> {
  /** Tasks that may wait beside those that the workers run. */
  readonly queueLengthMax: number;
  /** Bytes of bodies in flight: reserved, queued and running together. */
  readonly queueBytesMax: number;
  /** A worker that holds more than this after a task is replaced as soon as no task waits for it. */
  readonly workerMemoryBytesMax: number;
  /** Answers on the calling thread, at once, a job that is not worth a worker; undefined for others. Never throws. */
  inPlace?(job: Job): Result | undefined;
  /** How a large job is cut over workers that would be idle. */
  readonly cut?: Cut<Job, Result>;
}

/** How one job becomes several that run at the same time, and their results one again. The pool knows no more of it. */
export interface Cut<Job, Result> {
  /** At most `workers` parts, at least 2; undefined for a job that stays whole. */
  split(job: Job, workers: number): readonly Job[] | undefined;
  /** One part has failed: the others need not go on. They still have to answer. */
  abandon(parts: readonly Job[]): void;
  /** The whole job's result; undefined if the parts cannot tell, and the job is then run whole. */
  join(results: readonly Result[]): Result | undefined;
}
