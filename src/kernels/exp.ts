// exp of two doubles at once, to 0.51 units in the last place where the result is a normal number.
// After P. T. P. Tang, "Table-driven implementation of the exponential function" (1989), with a table of 128.
import { EXP_CONSTANTS, EXP_TABLE } from "./exp_table";

/** Below this exp is subnormal or 0, and exp2x gives nonsense. */
export const EXP_NORMAL: f64 = -708.0;

/**
 * The eight constants as pairs. Load them before a loop and hand them to exp2x: a constant written into the loop would
 * be built anew in every turn by V8 (1.8 times the cost of exp2x on Node 24).
 */
// @ts-ignore: decorator
@inline
export function expConstant(i: usize): v128 {
  return v128.load64_splat(EXP_CONSTANTS + (i << 3));
}

/** exp(x + tail) for EXP_NORMAL ≤ x ≤ 709 and a tail below the last place of x; c0…c7 are the constants. */
// @ts-ignore: decorator
@inline
export function exp2x(x: v128, tail: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128): v128 {
  // Adding 1.5·2⁵² leaves the integer next to the product in the low bits.
  const z = f64x2.add(f64x2.mul(x, c1), c0), k = f64x2.sub(z, c0);
  const r = f64x2.add(f64x2.sub(f64x2.sub(x, f64x2.mul(k, c2)), f64x2.mul(k, c3)), tail);
  const left = v128.load(EXP_TABLE + ((<usize>i64x2.extract_lane(z, 0) & 127) << 4));
  const right = v128.load(EXP_TABLE + ((<usize>i64x2.extract_lane(z, 1) & 127) << 4));
  const missed = v128.shuffle<i64>(left, right, 0, 2);
  const power = i64x2.add(v128.shuffle<i64>(left, right, 1, 3), i64x2.shl(z, 45));
  const square = f64x2.mul(r, r);
  const low = f64x2.mul(square, f64x2.add(c4, f64x2.mul(r, c5)));
  const high = f64x2.mul(f64x2.mul(square, square), f64x2.add(c6, f64x2.mul(r, c7)));
  return f64x2.add(power, f64x2.mul(power, f64x2.add(f64x2.add(missed, r), f64x2.add(low, high))));
}
