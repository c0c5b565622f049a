// Seeded numbers that are the same on every machine: integer arithmetic, and doubles put together from their bits or
// by operations that IEEE 754 rounds one way. No transcendental function of Math, and no library that may call one.

const view = new DataView(new ArrayBuffer(8));

/** The double with these two halves. */
function fromHalves(high: number, low: number): number {
  view.setUint32(0, high >>> 0);
  view.setUint32(4, low >>> 0);
  return view.getFloat64(0);
}

/** A generator of 128 bits of state (G. Marsaglia, "Xorshift RNGs", 2003), seeded by a text. */
export class Random {
  readonly #state = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]);

  constructor(seed: string) {
    for (let i = 0; i < seed.length; i++) {
      this.#state[i & 3] = Math.imul(this.#state[i & 3]! ^ seed.charCodeAt(i), 0x01000193);
      this.bits();
    }
    // Short seeds that differ in one letter are far apart after this.
    for (let i = 0; i < 24; i++) this.bits();
  }

  /** 32 random bits, 0…2³²−1. */
  bits(): number {
    const state = this.#state;
    const old = state[3]!;
    const mixed = state[0]! ^ (state[0]! << 11);
    state.copyWithin(0, 1);
    const next = (old ^ (old >>> 19) ^ mixed ^ (mixed >>> 8)) >>> 0;
    // All zeros would stay so for ever.
    state[3] = next === 0 ? 1 : next;
    return state[3]!;
  }

  /** A whole number from 0 to below − 1; below is at most 2³². */
  below(below: number): number {
    return Math.floor((this.bits() / 2 ** 32) * below);
  }

  /** True once in `of` times. */
  once(of: number): boolean {
    return this.below(of) === 0;
  }

  /** In [0, 1), with all 53 bits random. */
  unit(): number {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
  }

  between(least: number, greatest: number): number {
    return least + this.unit() * (greatest - least);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** A finite double of any size with either sign: each exponent is as likely as any other. */
  finite(): number {
    const exponent = this.below(2047);
    return fromHalves((this.bits() & 0x800fffff) | (exponent << 20), this.bits());
  }

  /** In (0, 1), each power of two from 2^-1022 on as likely as any other. */
  small(): number {
    return fromHalves((this.bits() & 0x000fffff) | ((1 + this.below(1022)) << 20), this.bits());
  }

  list<T>(count: number, make: (i: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => make(i));
  }

  /** The same elements in a random order. */
  shuffled<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}
