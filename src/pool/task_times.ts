/** How much the newest task weighs in the mean of what a task takes. */
const newestWeight = 0.2;
const retryAfterSecondsMax = 30;

/** What recent tasks took: the newest counts most. */
export class TaskTimes {
  #meanMs = 0;

  note(ms: number): void {
    this.#meanMs += (ms - this.#meanMs) * newestWeight;
  }

  /** Whole seconds, 1 to 30, after which so many tasks should be done by so many workers. */
  retryAfterSeconds(tasks: number, workers: number): number {
    const seconds = Math.ceil((tasks * this.#meanMs) / workers / 1000);
    return Math.min(Math.max(seconds, 1), retryAfterSecondsMax);
  }
}
