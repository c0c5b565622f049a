/** Whether bytes come, or go, at a least rate: on average over a window, which starts anew whenever enough have passed. */
export class Pace {
  readonly #rateMin: number;
  readonly #windowMs: number;
  #since: number;
  #bytes = 0;
  /** When the last byte passed, on performance.now(). */
  lastAt: number;

  /** `rateMin` is in bytes a second; times are on performance.now(). */
  constructor(rateMin: number, windowMs: number, now: number) {
    this.#rateMin = rateMin;
    this.#windowMs = windowMs;
    this.#since = now;
    this.lastAt = now;
  }

  note(bytes: number, now: number): void {
    this.lastAt = now;
    this.#bytes += bytes;
    if (this.#bytes >= (this.#rateMin * this.#windowMs) / 1000) this.restart(now);
  }

  /** Starts the window anew: what happened before says nothing. */
  restart(now: number): void {
    this.#since = now;
    this.#bytes = 0;
    this.lastAt = now;
  }

  /** Whether fewer bytes than the rate demands passed for the window, or for a shorter time. */
  isTooSlow(now: number, forMs = this.#windowMs): boolean {
    const ms = now - this.#since;
    return ms >= Math.min(forMs, this.#windowMs) && this.#bytes < (this.#rateMin * ms) / 1000;
  }
}

/** How often to check a limit of so many milliseconds: a breach is then noticed at most a quarter of it late. */
export function lookEveryMs(limitMs: number): number {
  return Math.min(1000, Math.max(5, limitMs / 4));
}
