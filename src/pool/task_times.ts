/** How much the newest task weighs in what a task takes. */
const newestWeight = 0.2;
const retryAfterSecondsMax = 30;

/** A task with a shorter body takes as long as one of so many bytes: the way to a worker and back. */
const weightMin = 64 * 1024;

/** What a task with a body of so many bytes weighs beside others. */
export function weightOf(bytes: number): number {
  return Math.max(bytes, weightMin);
}

/** What was learnt longer ago says nothing any more: one slow moment must not refuse for ever. */
const recentMs = 5_000;

/** What recent tasks took: the newest counts most. */
export class TaskTimes {
  #meanMs = 0;
  #msPerWeight = 0;
  #notedAt = Number.NEGATIVE_INFINITY;

  /** A task of that weight took so long on one worker. */
  note(ms: number, weight: number): void {
    this.#meanMs += (ms - this.#meanMs) * newestWeight;
    this.#msPerWeight += (ms / weight - this.#msPerWeight) * newestWeight;
    this.#notedAt = performance.now();
  }

  /** Milliseconds that tasks of that weight should take on one worker; 0 where no task has ended lately. */
  estimateMs(weight: number): number {
    return performance.now() - this.#notedAt > recentMs ? 0 : weight * this.#msPerWeight;
  }

  /** Whole seconds, 1 to 30, after which so many tasks should be done by so many workers. */
  retryAfterSeconds(tasks: number, workers: number): number {
    const seconds = Math.ceil((tasks * this.#meanMs) / workers / 1000);
    return Math.min(Math.max(seconds, 1), retryAfterSecondsMax);
  }
}
