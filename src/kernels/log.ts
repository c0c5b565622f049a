// log(1 + x) of two doubles at once, to 1 unit in the last place.
import { LOG_CONSTANTS, LOG_TABLE } from "./log_table";
import { twoSumErrors } from "./numerics";

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load64_splat(LOG_CONSTANTS + (i << 3));
}

/** The integers next to 64·x, but 0 where x is small: there the table would cost digits. */
// @ts-ignore: decorator
@inline
function nearestEntry(x: v128): v128 {
  const shift = constant(0);
  // Adding 1.5·2⁵² leaves the integer next to the product in the low bits.
  return v128.andnot(i64x2.sub(f64x2.add(f64x2.mul(x, constant(1)), shift), shift), f64x2.lt(x, constant(2)));
}

/** log((1 + j/64)·(1 + t)) plus a logarithm in two parts, t = (fraction − j/64 + rest)/(1 + j/64). */
// @ts-ignore: decorator
@inline
function logOfEntry(j: v128, fraction: v128, rest: v128, plusHead: v128, plusTail: v128): v128 {
  const left = LOG_TABLE + (<usize>i64x2.extract_lane(j, 0) << 5), right = LOG_TABLE + (<usize>i64x2.extract_lane(j, 1) << 5);
  const left0 = v128.load(left), right0 = v128.load(right), left1 = v128.load(left, 16), right1 = v128.load(right, 16);
  const head = f64x2.add(plusHead, v128.shuffle<i64>(left0, right0, 0, 2));
  const tail = f64x2.add(plusTail, v128.shuffle<i64>(left0, right0, 1, 3));
  const inverse = v128.shuffle<i64>(left1, right1, 0, 2), offset = v128.shuffle<i64>(left1, right1, 1, 3);
  const t = f64x2.mul(f64x2.add(f64x2.sub(fraction, offset), rest), inverse);
  const square = f64x2.mul(t, t), fourth = f64x2.mul(square, square);
  const p0 = f64x2.add(constant(3), f64x2.mul(t, constant(4))), p2 = f64x2.add(constant(5), f64x2.mul(t, constant(6)));
  const p4 = f64x2.add(constant(7), f64x2.mul(t, constant(8))), p6 = f64x2.add(constant(9), f64x2.mul(t, constant(10)));
  const p8 = f64x2.add(constant(11), f64x2.mul(t, constant(12)));
  const low = f64x2.add(p0, f64x2.mul(square, p2)), middle = f64x2.add(p4, f64x2.mul(square, p6));
  const p = f64x2.add(low, f64x2.mul(fourth, f64x2.add(middle, f64x2.mul(fourth, p8))));
  return f64x2.add(head, f64x2.add(t, f64x2.add(tail, f64x2.mul(square, p))));
}

/** log(1 + x) for 0 ≤ x ≤ 1. */
// @ts-ignore: decorator
@inline
export function log1p2x(x: v128): v128 {
  const zero = f64x2.splat(0.0);
  // x − j/64 is exact: the two are within a factor of two of each other, or j is 0.
  return logOfEntry(nearestEntry(x), x, zero, zero, zero);
}

const ONE: usize = memory.data<f64>([1.0], 16);
/** The bits of a double's fraction; of 2⁵²; 2⁵² + 1023; 2·1023. */
const BITS: usize = memory.data<u64>([0x000fffffffffffff, 0x4330000000000000, 0x43300000000003ff, 2046], 16);

/** log(1 + x) for 0 ≤ x ≤ 2⁵². */
// @ts-ignore: decorator
@inline
export function log1pLarge2x(x: v128): v128 {
  const one = v128.load64_splat(ONE), u = f64x2.add(one, x), lost = twoSumErrors(one, x, u);
  // 1 + x = 2ⁿ·y + lost with 1 ≤ y < 2: n from the exponent's bits, which are made a double by those of 2⁵².
  const biased = i64x2.shr_u(u, 52), y = v128.or(v128.and(u, v128.load64_splat(BITS)), one);
  const n = f64x2.sub(v128.or(biased, v128.load64_splat(BITS, 8)), v128.load64_splat(BITS, 16));
  const scale = i64x2.shl(i64x2.sub(v128.load64_splat(BITS, 24), biased), 52);
  const fraction = f64x2.sub(y, one);
  return logOfEntry(nearestEntry(fraction), fraction, f64x2.mul(lost, scale), f64x2.mul(n, constant(13)), f64x2.mul(n, constant(14)));
}

/** The same of one double, to the bit. */
export function log1pLarge(x: f64): f64 {
  return f64x2.extract_lane(log1pLarge2x(f64x2.splat(x)), 0);
}
