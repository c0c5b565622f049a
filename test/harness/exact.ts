// Sums of doubles by integers of any size: independent of the engine's way, and slow.

const view = new DataView(new ArrayBuffer(8));

/** A finite double as a whole number of 2^-1074. */
function units(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n ? -magnitude : magnitude;
}

/** The double next to that many units, ties to even: big integers are exact, and Number() rounds them once. */
function fromUnits(total: bigint, unit = -1074): number {
  const magnitude = total < 0n ? -total : total;
  const length = magnitude.toString(2).length;
  const shift = BigInt(Math.max(0, length - 64));
  const sticky = (magnitude & ((1n << shift) - 1n)) !== 0n ? 1n : 0n;
  const head = Number((magnitude >> shift) | sticky);
  // 2^1074 is no double: the scale is applied in two exact steps.
  const exponent = Number(shift) + unit;
  const half = Math.trunc(exponent / 2);
  const value = head * 2 ** half * 2 ** (exponent - half);
  return total < 0n ? -value : value;
}

/**
 * Σ values·weights over a denominator: each product rounded to 53 bits, and so is their sum. The quotient is rounded once,
 * or twice if it is subnormal.
 */
export function exactMean(values: readonly number[], weights: readonly number[], denominator: number): number {
  const total =
    rounded53(values.reduce((sum, value, i) => sum + rounded53(units(value) * units(weights[i]!)), 0n)) << 64n;
  const sticky = total % units(denominator) === 0n ? 0n : total < 0n ? -1n : 1n;
  return fromUnits((total / units(denominator)) * 2n + sticky, -1074 - 65) + 0;
}

/** A whole number to 53 bits, ties to even. */
function rounded53(value: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const drop = BigInt(Math.max(0, magnitude.toString(2).length - 53));
  if (drop === 0n) return value;
  const half = 1n << (drop - 1n);
  const rest = magnitude & ((1n << drop) - 1n);
  let head = magnitude >> drop;
  if (rest > half || (rest === half && (head & 1n) === 1n)) head++;
  return value < 0n ? -(head << drop) : head << drop;
}

/** The correctly rounded sum of finite doubles. */
export function exactSum(values: readonly number[]): number {
  return fromUnits(values.reduce((total, value) => total + units(value), 0n)) + 0;
}
