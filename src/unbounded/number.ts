// Numbers of many bits whose exponent has no bounds: for the few examples whose steps leave the doubles.

let precision = 192;

/** For a difference that has lost its digits: as many as two doubles lie apart, and more. */
export const manyBits = 2400;

/** Bits that an operation keeps, or one less. */
export function bitsKept(): number {
  return precision;
}

/** Takes a step with so many bits. */
export function withBits<T>(bits: number, step: () => T): T {
  const before = precision;
  precision = bits;
  try {
    return step();
  } finally {
    precision = before;
  }
}

/** mantissa·2^exponent. */
export class Unbounded {
  private constructor(
    readonly mantissa: bigint,
    readonly exponent: number,
  ) {}

  static get zero(): Unbounded {
    return zero;
  }

  static get one(): Unbounded {
    return one;
  }

  /** Beyond the doubles, whatever doubles it is multiplied by or divided by: what is infinite. */
  static get beyond(): Unbounded {
    return beyond;
  }

  /** A finite double, exactly. */
  static of(value: number): Unbounded {
    if (value === 0) return new Unbounded(0n, 0);
    view.setFloat64(0, value);
    const bits = view.getBigUint64(0);
    const biased = Number((bits >> 52n) & 0x7ffn);
    const fraction = bits & 0xfffffffffffffn;
    const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
    return new Unbounded(value < 0 ? -mantissa : mantissa, Math.max(biased, 1) - 1075);
  }

  static scaled(mantissa: bigint, exponent: number): Unbounded {
    if (mantissa === 0n) return Unbounded.zero;
    const drop = lengthOf(mantissa) - precision;
    return drop > 0 ? new Unbounded(mantissa >> BigInt(drop), exponent + drop) : new Unbounded(mantissa, exponent);
  }

  get sign(): number {
    return this.mantissa > 0n ? 1 : this.mantissa < 0n ? -1 : 0;
  }

  /** The least e with |this| < 2^e, or one more; of 0 it is −Infinity. */
  get magnitude(): number {
    return this.mantissa === 0n ? Number.NEGATIVE_INFINITY : this.exponent + lengthOf(this.mantissa);
  }

  plus(other: Unbounded): Unbounded {
    const [high, low] = this.exponent >= other.exponent ? [this, other] : [other, this];
    const gap = high.exponent - low.exponent;
    if (high.mantissa === 0n) return low;
    // So far below that nothing of it is kept.
    if (gap > 2 * precision) return high.magnitude - low.magnitude > precision ? high : high.#aligned(low, gap);
    return high.#aligned(low, gap);
  }

  #aligned(low: Unbounded, gap: number): Unbounded {
    return Unbounded.scaled((this.mantissa << BigInt(gap)) + low.mantissa, low.exponent);
  }

  minus(other: Unbounded): Unbounded {
    return this.plus(other.negated());
  }

  negated(): Unbounded {
    return new Unbounded(-this.mantissa, this.exponent);
  }

  size(): Unbounded {
    return this.mantissa < 0n ? this.negated() : this;
  }

  times(other: Unbounded): Unbounded {
    return Unbounded.scaled(this.mantissa * other.mantissa, this.exponent + other.exponent);
  }

  /** @param other is not 0. */
  over(other: Unbounded): Unbounded {
    const shift = 2 * precision;
    return Unbounded.scaled((this.mantissa << BigInt(shift)) / other.mantissa, this.exponent - other.exponent - shift);
  }

  timesPowerOfTwo(exponent: number): Unbounded {
    return new Unbounded(this.mantissa, this.exponent + exponent);
  }

  isBelow(other: Unbounded): boolean {
    return this.minus(other).sign < 0;
  }

  /** In units of 2^−bits, rounded down: whatever is far beyond the doubles has to be kept out. */
  fixed(bits: number): bigint {
    const shift = this.exponent + bits;
    return shift >= 0 ? this.mantissa << BigInt(shift) : this.mantissa >> BigInt(-shift);
  }

  /** The double next to it, ties to even: Infinity beyond them, and never −0. */
  toNumber(): number {
    const size = this.mantissa < 0n ? -this.mantissa : this.mantissa;
    if (size === 0n) return 0;
    const most = lengthOf(size);
    const length = size >> BigInt(most - 1) === 0n ? most - 1 : most;
    const top = this.exponent + length;
    if (top > 1025) return this.sign * Number.POSITIVE_INFINITY;
    if (top < -1075) return 0;
    const unit = Math.max(top - 53, -1074);
    const whole = rounded(size, unit - this.exponent);
    const half = Math.trunc(unit / 2);
    return this.sign * Number(whole) * powerOfTwo(half) * powerOfTwo(unit - half) + 0;
  }
}

const view = new DataView(new ArrayBuffer(8));
const zero = Unbounded.of(0);
const one = Unbounded.of(1);
const beyond = one.timesPowerOfTwo(1e6);

/** 2^exponent, exactly: 0 below the normal doubles, and Infinity beyond them. */
export function powerOfTwo(exponent: number): number {
  if (exponent < -1022) return 0;
  if (exponent > 1023) return Number.POSITIVE_INFINITY;
  view.setBigUint64(0, BigInt(exponent + 1023) << 52n);
  return view.getFloat64(0);
}

/** So many bits a double takes in one step. */
const stepBits = 960;

/** Bits of a whole number, or one more: by its double, whose exponent is at hand, and rounded up at the most. */
function lengthOf(mantissa: bigint): number {
  let bits = 0;
  let head = Number(mantissa);
  for (let rest = mantissa; !Number.isFinite(head); head = Number(rest)) {
    rest >>= BigInt(stepBits);
    bits += stepBits;
  }
  if (head === 0) return bits;
  view.setFloat64(0, head);
  return bits + ((view.getUint16(0) >> 4) & 0x7ff) - 1022;
}

/** size·2^−drop as a whole number, ties to even. */
function rounded(size: bigint, drop: number): bigint {
  if (drop <= 0) return size << BigInt(-drop);
  const head = size >> BigInt(drop);
  const rest = size - (head << BigInt(drop));
  const half = 1n << BigInt(drop - 1);
  return rest > half || (rest === half && (head & 1n) === 1n) ? head + 1n : head;
}
