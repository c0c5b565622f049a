/** The newest task's share of the moving average. */
const newestWeight = 0.2;

/** A task with a shorter body takes as long as one of this size: the way to a worker and back dominates. */
const weightMin = 64 * 1024;

/** A task's weight beside others, by the bytes of its body. */
export function weightOf(bytes: number): number {
  return Math.max(bytes, weightMin);
}

/** An older average is forgotten: otherwise one slow moment could refuse requests for ever. */
const recentMs = 5_000;

/** A moving average of what tasks took, a unit of weight. */
export class TaskTimes {
  #meanMs = 0;
  #msPerWeight = 0;
  #notedAt = Number.NEGATIVE_INFINITY;

  /** Notes what a task of that weight took on one worker. */
  note(ms: number, weight: number): void {
    this.#meanMs += (ms - this.#meanMs) * newestWeight;
    this.#msPerWeight += (ms / weight - this.#msPerWeight) * newestWeight;
    this.#notedAt = performance.now();
  }

  /** Milliseconds that tasks of that weight should take on one worker; 0 where no task has ended lately. */
  estimateMs(weight: number): number {
    return performance.now() - this.#notedAt > recentMs ? 0 : weight * this.#msPerWeight;
  }

  /** What a task took, on average. */
  get meanMs(): number {
    return this.#meanMs;
  }
}
