// Two narrow rows of a softmax side by side, a row a lane: with few classes, what is done once a row costs the most.
// Each lane does what softmax.ts does for its row, so a row has the same bits with any neighbour, itself too.
import { EXP_NORMAL, UPPER_MAX, expConstant, expDifference2x } from "../numerics/exp";

/** The numbers there, as doubles in two lanes. T is f64 or f32. */
// @ts-ignore: decorator
@inline
export function loadLanes<T>(left: usize, right: usize): v128 {
  if (sizeof<T>() == 4) return f64x2.promote_low_f32x4(v128.load32_lane(right, v128.load32_zero(left), 1));
  return v128.load64_lane(right, v128.load64_zero(left), 1);
}

/** Stores two lanes, rounded where T is f32. */
// @ts-ignore: decorator
@inline
export function storeLanes<T>(left: usize, right: usize, v: v128): void {
  if (sizeof<T>() == 4) {
    const rounded = f32x4.demote_f64x2_zero(v);
    v128.store32_lane(left, rounded, 0);
    v128.store32_lane(right, rounded, 1);
  } else {
    v128.store64_lane(left, v, 0);
    v128.store64_lane(right, v, 1);
  }
}

let least: v128 = i64x2.splat(0);

/** The greatest logits of two rows of T. */
// @ts-ignore: decorator
@inline
export function greatestOfTwo<T>(left: usize, right: usize, classes: usize): v128 {
  const end = left + classes * sizeof<T>();
  let m = loadLanes<T>(left, right),
    low = m;
  for (left += sizeof<T>(), right += sizeof<T>(); left < end; left += sizeof<T>(), right += sizeof<T>()) {
    const z = loadLanes<T>(left, right);
    m = f64x2.pmax(m, z);
    low = f64x2.pmin(low, z);
  }
  least = low;
  return m;
}

const LIMITS: usize = memory.data<f64>([EXP_NORMAL, UPPER_MAX, 6144.0], 16);

/** Whether the two rows whose greatest logits were found last are both ordinary, as isOrdinary() has it. */
// @ts-ignore: decorator
@inline
export function areOrdinary(m: v128): bool {
  const far = f64x2.lt(f64x2.sub(least, m), v128.load64_splat(LIMITS));
  return !v128.any_true(v128.or(far, f64x2.gt(f64x2.abs(m), v128.load64_splat(LIMITS, 8))));
}

/** Stores the exponentials of two ordinary rows of T as f64[classes][2], and returns each row's rest. */
// @ts-ignore: decorator
@inline
export function storeColumns<T>(left: usize, right: usize, classes: usize, m: v128, out: usize): v128 {
  const c0 = expConstant(0),
    c1 = expConstant(1),
    c2 = expConstant(2),
    c3 = expConstant(3);
  const c4 = expConstant(4),
    c5 = expConstant(5),
    c6 = expConstant(6);
  const shift = v128.load64_splat(LIMITS, 16),
    upper = f64x2.sub(f64x2.add(m, shift), shift),
    lower = f64x2.sub(m, upper);
  const end = out + (classes << 4);
  let even = f64x2.splat(0.0),
    odd = even,
    seen = even;
  for (; out + 16 < end; left += 2 * sizeof<T>(), right += 2 * sizeof<T>(), out += 32) {
    const z0 = loadLanes<T>(left, right),
      z1 = loadLanes<T>(left + sizeof<T>(), right + sizeof<T>());
    const e0 = expDifference2x(z0, f64x2.sub(z0, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
    const e1 = expDifference2x(z1, f64x2.sub(z1, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
    v128.store(out, e0);
    v128.store(out, e1, 16);
    const first0 = v128.andnot(f64x2.eq(z0, m), seen);
    seen = v128.or(seen, first0);
    const first1 = v128.andnot(f64x2.eq(z1, m), seen);
    seen = v128.or(seen, first1);
    even = f64x2.add(even, v128.andnot(e0, first0));
    odd = f64x2.add(odd, v128.andnot(e1, first1));
  }
  if (out < end) {
    const z = loadLanes<T>(left, right),
      e = expDifference2x(z, f64x2.sub(z, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
    v128.store(out, e);
    even = f64x2.add(even, v128.andnot(e, v128.andnot(f64x2.eq(z, m), seen)));
  }
  return f64x2.add(even, odd);
}
