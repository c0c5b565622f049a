// exp of two doubles at once, to 0.51 units in the last place where the result is a normal number.
// After P. T. P. Tang, "Table-driven implementation of the exponential function" (1989), with a table of 512.
import { EXP_CONSTANTS, EXP_TABLE } from "./exp_table";

/** Below this exp, or what is added to it, is subnormal or 0, and the functions here are inexact or give nonsense. */
export const EXP_NORMAL: f64 = -704.0;

/**
 * The seven constants as pairs. Load them before a loop and hand them over: a constant written into the loop would be
 * built anew in every turn by V8 (1.8 times the cost of exp2x on Node 24).
 */
// @ts-ignore: decorator
@inline
export function expConstant(i: usize): v128 {
  return v128.load64_splat(EXP_CONSTANTS + (i << 3));
}

/** exp(x) for EXP_NORMAL ≤ x ≤ 709; c0…c6 are the constants. */
// @ts-ignore: decorator
@inline
export function expPlain2x(x: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128): v128 {
  // Adding 1.5·2⁵² leaves the integer next to the product in the low bits.
  const z = f64x2.add(f64x2.mul(x, c1), c0),
    k = f64x2.sub(z, c0);
  return expOfParts(z, f64x2.sub(f64x2.sub(x, f64x2.mul(k, c2)), f64x2.mul(k, c3)), c4, c5, c6);
}

/** exp(x + tail) likewise, with a tail below the last place of x. */
// @ts-ignore: decorator
@inline
export function exp2x(x: v128, tail: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128): v128 {
  const z = f64x2.add(f64x2.mul(x, c1), c0),
    k = f64x2.sub(z, c0);
  const r = f64x2.add(f64x2.sub(f64x2.sub(x, f64x2.mul(k, c2)), f64x2.mul(k, c3)), tail);
  return expOfParts(z, r, c4, c5, c6);
}

/** Up to this size upperPart() has a number's upper part as a multiple of 2⁻⁴⁰. */
export const UPPER_MAX: f64 = 2048.0;

/** m without what is below 2⁻⁴⁰, |m| ≤ UPPER_MAX. */
// @ts-ignore: decorator
@inline
export function upperPart(m: f64): f64 {
  return m + 6144.0 - 6144.0;
}

/**
 * exp(z − m), where d is that difference rounded, EXP_NORMAL ≤ d ≤ 709, and upper + lower is m in two parts by
 * upperPart(). The rounding of d, which exp would magnify, is not in it: the constant c2 is a multiple of 2⁻⁴⁰ too, so
 * that upper + k·c2 is exact, and z less that is so small that its rounding does not count.
 */
// @ts-ignore: decorator
@inline
export function expDifference2x(
  z: v128,
  d: v128,
  upper: v128,
  lower: v128,
  c0: v128,
  c1: v128,
  c2: v128,
  c3: v128,
  c4: v128,
  c5: v128,
  c6: v128,
): v128 {
  const t = f64x2.add(f64x2.mul(d, c1), c0),
    k = f64x2.sub(t, c0);
  const r = f64x2.sub(f64x2.sub(z, f64x2.add(upper, f64x2.mul(k, c2))), f64x2.add(lower, f64x2.mul(k, c3)));
  return expOfParts(t, r, c4, c5, c6);
}

/** exp(x) to 2⁻⁴⁴ of it, for results that are rounded to float32; c2 is log 2/512 in one part. */
// @ts-ignore: decorator
@inline
export function expShort2x(x: v128, c0: v128, c1: v128, c2: v128, c4: v128, c5: v128): v128 {
  const z = f64x2.add(f64x2.mul(x, c1), c0),
    k = f64x2.sub(z, c0),
    r = f64x2.sub(x, f64x2.mul(k, c2));
  const left = (<usize>i64x2.extract_lane(z, 0) & 511) << 4,
    right = (<usize>i64x2.extract_lane(z, 1) & 511) << 4;
  const power = i64x2.add(
    v128.load64_lane(right, v128.load64_zero(left, EXP_TABLE + 8), 1, EXP_TABLE + 8),
    i64x2.shl(z, 43),
  );
  const p = f64x2.add(r, f64x2.mul(f64x2.mul(r, r), f64x2.add(c4, f64x2.mul(r, c5))));
  return f64x2.add(power, f64x2.mul(power, p));
}

/** 2^(k/512)·e^r, k in the low bits of z, |r| ≤ log 2/1024. */
// @ts-ignore: decorator
@inline
function expOfParts(z: v128, r: v128, c4: v128, c5: v128, c6: v128): v128 {
  const left = v128.load((<usize>i64x2.extract_lane(z, 0) & 511) << 4, EXP_TABLE);
  const right = v128.load((<usize>i64x2.extract_lane(z, 1) & 511) << 4, EXP_TABLE);
  const missed = v128.shuffle<i64>(left, right, 0, 2);
  const power = i64x2.add(v128.shuffle<i64>(left, right, 1, 3), i64x2.shl(z, 43));
  const square = f64x2.mul(r, r);
  const p = f64x2.add(f64x2.add(c4, f64x2.mul(r, c5)), f64x2.mul(square, c6));
  return f64x2.add(power, f64x2.mul(power, f64x2.add(f64x2.add(missed, r), f64x2.mul(square, p))));
}
