// log(1 + x) of two doubles in [0, 1] at once, to 1 unit in the last place.
import { LOG_CONSTANTS, LOG_TABLE } from "./log_table";

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load64_splat(LOG_CONSTANTS + (i << 3));
}

/** log(1 + x) for 0 ≤ x ≤ 1. */
// @ts-ignore: decorator
@inline
export function log1p2x(x: v128): v128 {
  const shift = constant(0), near = f64x2.lt(x, constant(2));
  // Adding 1.5·2⁵² leaves the integer next to the product in the low bits.
  const j = v128.andnot(i64x2.sub(f64x2.add(f64x2.mul(x, constant(1)), shift), shift), near);
  const left = LOG_TABLE + (<usize>i64x2.extract_lane(j, 0) << 5), right = LOG_TABLE + (<usize>i64x2.extract_lane(j, 1) << 5);
  const left0 = v128.load(left), right0 = v128.load(right), left1 = v128.load(left, 16), right1 = v128.load(right, 16);
  const head = v128.shuffle<i64>(left0, right0, 0, 2), tail = v128.shuffle<i64>(left0, right0, 1, 3);
  const inverse = v128.shuffle<i64>(left1, right1, 0, 2), offset = v128.shuffle<i64>(left1, right1, 1, 3);
  // x − j/64 is exact: the two are within a factor of two of each other, or j is 0.
  const t = f64x2.mul(f64x2.sub(x, offset), inverse);
  const square = f64x2.mul(t, t), fourth = f64x2.mul(square, square);
  const p0 = f64x2.add(constant(3), f64x2.mul(t, constant(4))), p2 = f64x2.add(constant(5), f64x2.mul(t, constant(6)));
  const p4 = f64x2.add(constant(7), f64x2.mul(t, constant(8))), p6 = f64x2.add(constant(9), f64x2.mul(t, constant(10)));
  const p8 = f64x2.add(constant(11), f64x2.mul(t, constant(12)));
  const low = f64x2.add(p0, f64x2.mul(square, p2)), middle = f64x2.add(p4, f64x2.mul(square, p6));
  const p = f64x2.add(low, f64x2.mul(fourth, f64x2.add(middle, f64x2.mul(fourth, p8))));
  return f64x2.add(head, f64x2.add(t, f64x2.add(tail, f64x2.mul(square, p))));
}
