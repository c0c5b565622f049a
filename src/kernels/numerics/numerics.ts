// Scalar building blocks. Math is AssemblyScript's own port, compiled into the module: the same bits everywhere.

/** log(1 + eˣ). The exponential of −|x| never overflows. */
// @ts-ignore: decorator
@inline
export function softplus(x: f64): f64 {
  return Math.max(x, 0.0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** σ(x) = 1/(1 + e⁻ˣ), with every digit on both sides: 1 − σ(x) is sigmoid(−x), never a subtraction. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: f64): f64 {
  const e = Math.exp(-Math.abs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/** The rounding error of s = a + b, exactly (Knuth's TwoSum); a − b is twoSumError(a, −b, s). */
// @ts-ignore: decorator
@inline
export function twoSumError(a: f64, b: f64, s: f64): f64 {
  const v = s - a;
  return a - (s - v) + (b - v);
}

/**
 * The rounding error of p = a·b, exactly (Dekker's product; |a|, |b| < 2⁹⁹⁰). WebAssembly has no fused multiply-add.
 */
// @ts-ignore: decorator
@inline
export function twoProductError(a: f64, b: f64, p: f64): f64 {
  const ca = a * 134217729.0,
    ah = ca - (ca - a),
    al = a - ah;
  const cb = b * 134217729.0,
    bh = cb - (cb - b),
    bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

/** The rounding errors of s = a + b, of two sums at once. */
// @ts-ignore: decorator
@inline
export function twoSumErrors(a: v128, b: v128, s: v128): v128 {
  const v = f64x2.sub(s, a);
  return f64x2.add(f64x2.sub(a, f64x2.sub(s, v)), f64x2.sub(b, v));
}

/** The part of x that has its upper 26 bits; `splitter` holds 2²⁷ + 1. */
// @ts-ignore: decorator
@inline
function upperHalf(x: v128, splitter: v128): v128 {
  const c = f64x2.mul(x, splitter);
  return f64x2.sub(c, f64x2.sub(c, x));
}

/** The rounding errors of p = a·b, of two products at once, as twoProductError. */
// @ts-ignore: decorator
@inline
export function twoProductErrors(a: v128, b: v128, p: v128): v128 {
  const splitter = v128.load64_splat(SPLITTER);
  const ah = upperHalf(a, splitter),
    al = f64x2.sub(a, ah),
    bh = upperHalf(b, splitter),
    bl = f64x2.sub(b, bh);
  const high = f64x2.sub(f64x2.mul(ah, bh), p);
  const middle = f64x2.add(f64x2.add(high, f64x2.mul(ah, bl)), f64x2.mul(al, bh));
  return f64x2.add(middle, f64x2.mul(al, bl));
}

const SPLITTER: usize = memory.data<f64>([134217729.0], 16);

/** Where exp(−x) has become 0. */
export const EXP_VANISHES: f64 = 746.0;

/** 0 stays 0 whatever multiplies it, and is never −0. */
// @ts-ignore: decorator
@inline
export function times(v: f64, factor: f64): f64 {
  return v == 0.0 || factor == 0.0 ? 0.0 : v * factor + 0.0;
}
