// log(1 + x) of two doubles at once, to 1 unit in the last place.
import { LOG_CONSTANTS, LOG_TABLE } from "./log_table";
import { twoSumErrors } from "./numerics";

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load64_splat(LOG_CONSTANTS + (i << 3));
}

/** The integers next to 256·x, 0 ≤ x ≤ 1: adding 1.5·2⁵² leaves them in the lower half of the bits. */
// @ts-ignore: decorator
@inline
function nearestEntry(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, constant(1)), constant(0));
}

/** The place of an entry of 32 bytes. */
// @ts-ignore: decorator
@inline
function entry(bits: u64): usize {
  return (<usize>bits) << 5;
}

/** t² times the polynomial: log(1+t) − t. */
// @ts-ignore: decorator
@inline
function bend(t: v128): v128 {
  const square = f64x2.mul(t, t);
  const low = f64x2.add(constant(2), f64x2.mul(t, constant(3))),
    middle = f64x2.add(constant(4), f64x2.mul(t, constant(5)));
  return f64x2.mul(square, f64x2.add(low, f64x2.mul(square, f64x2.add(middle, f64x2.mul(square, constant(6))))));
}

/** log(1 + x) for 0 ≤ x ≤ 1. */
// @ts-ignore: decorator
@inline
export function log1p2x(x: v128): v128 {
  const j = nearestEntry(x),
    left = entry(i64x2.extract_lane(j, 0)),
    right = entry(i64x2.extract_lane(j, 1));
  const left0 = v128.load(left, LOG_TABLE),
    right0 = v128.load(right, LOG_TABLE);
  const left1 = v128.load(left, LOG_TABLE + 16),
    right1 = v128.load(right, LOG_TABLE + 16);
  const head = v128.shuffle<i64>(left0, right0, 0, 2),
    tail = v128.shuffle<i64>(left0, right0, 1, 3);
  const inverse = v128.shuffle<i64>(left1, right1, 0, 2),
    c = v128.shuffle<i64>(left1, right1, 1, 3);
  // x − c is exact: the two are within a factor of two of each other, or c is 0.
  const t = f64x2.mul(f64x2.sub(x, c), inverse);
  return f64x2.add(head, f64x2.add(t, f64x2.add(tail, bend(t))));
}

/** 1; the bits of a double's fraction; of 2⁵²; 2⁵² + 1023; 2·1023. */
const BITS: usize = memory.data<u64>(
  [0x3ff0000000000000, 0x000fffffffffffff, 0x4330000000000000, 0x43300000000003ff, 2046],
  16,
);

/** log(1 + x) for 0 ≤ x ≤ 2⁵². */
// @ts-ignore: decorator
@inline
export function log1pLarge2x(x: v128): v128 {
  const one = v128.load64_splat(BITS),
    u = f64x2.add(one, x),
    lost = twoSumErrors(one, x, u);
  // 1 + x = 2ⁿ·y + lost with 1 ≤ y < 2: n from the exponent's bits, which are made a double by those of 2⁵².
  const biased = i64x2.shr_u(u, 52),
    fraction = f64x2.sub(v128.or(v128.and(u, v128.load64_splat(BITS + 8)), one), one);
  const n = f64x2.sub(v128.or(biased, v128.load64_splat(BITS + 16)), v128.load64_splat(BITS + 24));
  const scale = i64x2.shl(i64x2.sub(v128.load64_splat(BITS + 32), biased), 52);
  const j = nearestEntry(fraction),
    left = entry(i64x2.extract_lane(j, 0)),
    right = entry(i64x2.extract_lane(j, 1));
  const left0 = v128.load(left, LOG_TABLE),
    right0 = v128.load(right, LOG_TABLE);
  const left1 = v128.load(left, LOG_TABLE + 16),
    right1 = v128.load(right, LOG_TABLE + 16);
  const head = f64x2.add(f64x2.mul(n, constant(7)), v128.shuffle<i64>(left0, right0, 0, 2));
  const tail = f64x2.add(f64x2.mul(n, constant(8)), v128.shuffle<i64>(left0, right0, 1, 3));
  const inverse = v128.shuffle<i64>(left1, right1, 0, 2),
    c = v128.shuffle<i64>(left1, right1, 1, 3);
  const t = f64x2.mul(f64x2.add(f64x2.sub(fraction, c), f64x2.mul(lost, scale)), inverse);
  return f64x2.add(head, f64x2.add(t, f64x2.add(tail, bend(t))));
}

/** The same of one double, to the bit. */
export function log1pLarge(x: f64): f64 {
  return f64x2.extract_lane(log1pLarge2x(f64x2.splat(x)), 0);
}
