/** All that crosses the boundary between the pool and a worker thread. */

/** To a worker: one job. */
export interface Task<Job> {
  readonly id: number;
  readonly job: Job;
  /**
   * Of a job that was sent ahead, while the worker still had another in hand: one number in shared memory. It holds the
   * task's id until the worker begins it or the pool takes it back, whoever is first.
   */
  readonly claim?: Int32Array;
}

/** From a worker, once: it is loaded and takes tasks. `threadId` is the system's number of its thread, where it has one. */
export interface Ready {
  readonly kind: "ready";
  readonly threadId?: number;
}

/** From a worker: the answer to task `id`. `memoryBytes` is what the worker holds on to between tasks. */
export interface Done<Result> {
  readonly kind: "done";
  readonly id: number;
  readonly result: Result;
  readonly memoryBytes: number;
}

export type FromWorker<Result> = Ready | Done<Result>;

/** Takes a task that was sent ahead: true for whoever of worker and pool asks first. */
export function claimTask(claim: Int32Array, id: number): boolean {
  return Atomics.compareExchange(claim, 0, id, 0) === id;
}
