/** Seeded numbers, the same on every machine: integer arithmetic only (G. Marsaglia, "Xorshift RNGs", 2003). */
export class Random {
  #state: number;

  /** A seed of 0 to 2⁵³ − 1; neighbours are far apart after the first draws. */
  constructor(seed: number) {
    this.#state = (Math.imul((seed % 2 ** 32) ^ Math.floor(seed / 2 ** 32), 0x9e3779b9) ^ 0x243f6a88) >>> 0 || 1;
    for (let i = 0; i < 16; i++) this.bits();
  }

  /** 32 random bits. */
  bits(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** A whole number from 0 to below − 1. */
  below(below: number): number {
    return Math.floor((this.bits() / 2 ** 32) * below);
  }

  /** In [least, greatest], with four decimals: a text that every language reads to the same double. */
  between(least: number, greatest: number): number {
    const steps = Math.round((greatest - least) * 1e4);
    return Math.round(least * 1e4 + this.below(steps + 1)) / 1e4;
  }
}
