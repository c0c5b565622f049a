/** All that crosses the boundary between the pool and a worker thread. */

/** To a worker: one job. A worker has one at a time. */
export interface Task<Job> {
  readonly id: number;
  readonly job: Job;
}

/** From a worker, once: it is loaded and takes tasks. */
export interface Ready {
  readonly kind: "ready";
}

/** From a worker: the answer to task `id`. `memoryBytes` is what the worker holds on to between tasks. */
export interface Done<Result> {
  readonly kind: "done";
  readonly id: number;
  readonly result: Result;
  readonly memoryBytes: number;
}

export type FromWorker<Result> = Ready | Done<Result>;
