// The loop of the elementwise losses that are computed two elements at a time. A loss gives a class with
//   pair(z: v128, y: v128, c0: v128, c1: v128, c2: v128): v128
// that returns the unweighted losses of two elements and hands their derivatives to derive(); c0…c2 are what its
//   constant(i: usize, parameters: usize): v128
// makes of the parameters, once before the loop. The rest is as in elementwise.ts.
import { DENOMINATOR, FLOAT32, GRADIENTS, KEEP, LABELS, LOGITS, LOSSES, PARAMETERS, SAMPLE_WEIGHTS } from "../batch";
import { gradientScale, weightOf } from "./elementwise";
import { EXP_NORMAL, expConstant, expPlain2x } from "../numerics/exp";
import { EXP_VANISHES } from "../numerics/numerics";

let derivatives: v128 = i64x2.splat(0);

/** Takes the derivatives of a pair. */
// @ts-ignore: decorator
@inline
export function derive(v: v128): void {
  derivatives = v;
}

/** Fills losses and gradients of the examples from…to−1. */
// @ts-ignore: decorator
@inline
export function pairwise<Kernel>(batch: usize, from: usize, to: usize): void {
  if (load<u32>(batch + FLOAT32) != 0) pairs<Kernel, f32>(batch, from, to);
  else pairs<Kernel, f64>(batch, from, to);
}

/** T is the type of logits and gradients, f64 or f32. */
function pairs<Kernel, T>(batch: usize, from: usize, to: usize): void {
  const kernel = changetype<Kernel>(0),
    parameters = batch + PARAMETERS;
  const c0 = kernel.constant(0, parameters),
    c1 = kernel.constant(1, parameters),
    c2 = kernel.constant(2, parameters);
  const logits: usize = load<u32>(batch + LOGITS),
    labels: usize = load<u32>(batch + LABELS);
  const losses: usize = load<u32>(batch + LOSSES),
    gradients: usize = load<u32>(batch + GRADIENTS);
  const keep: usize = load<u32>(batch + KEEP),
    weights: usize = load<u32>(batch + SAMPLE_WEIGHTS);
  const denominator = load<f64>(batch + DENOMINATOR),
    even = gradientScale(1.0, denominator),
    zero = f64x2.splat(0.0);
  let i = from;
  if (keep == 0 && weights == 0 && even != Infinity) {
    // Most requests: nothing to look up, and no weight that could meet an infinity.
    const scale = f64x2.splat(even);
    for (; i + 2 <= to; i += 2) {
      v128.store(
        losses + (i << 3),
        kernel.pair(loadPair<T>(logits, i, false), v128.load(labels + (i << 3)), c0, c1, c2),
      );
      storePair<T>(gradients, i, f64x2.add(f64x2.mul(derivatives, scale), zero), false);
    }
  }
  for (; i < to; i += 2) {
    const single = i + 1 == to;
    const loss = kernel.pair(loadPair<T>(logits, i, single), loadPair<f64>(labels, i, single), c0, c1, c2);
    const w0 = weightOf(keep, weights, i),
      w1 = single ? w0 : weightOf(keep, weights, i + 1);
    storePair<f64>(losses, i, scaled(loss, pairOf(w0, w1)), single);
    storePair<T>(
      gradients,
      i,
      scaled(derivatives, pairOf(gradientScale(w0, denominator), gradientScale(w1, denominator))),
      single,
    );
  }
}

/** The elements i and i + 1, or element i twice. */
// @ts-ignore: decorator
@inline
function loadPair<T>(values: usize, i: usize, single: bool): v128 {
  const at = values + i * sizeof<T>();
  if (sizeof<T>() == 4) return f64x2.promote_low_f32x4(single ? v128.load32_splat(at) : v128.load64_zero(at));
  return single ? v128.load64_splat(at) : v128.load(at);
}

/** Stores one or two elements. What rounds to −0 becomes 0. */
// @ts-ignore: decorator
@inline
function storePair<T>(values: usize, i: usize, v: v128, single: bool): void {
  const at = values + i * sizeof<T>();
  if (sizeof<T>() == 4) {
    const rounded = f32x4.add(f32x4.demote_f64x2_zero(v), f32x4.splat(0.0));
    if (single) v128.store32_lane(at, rounded, 0);
    else v128.store64_lane(at, rounded, 0);
  } else if (single) {
    v128.store64_lane(at, v, 0);
  } else {
    v128.store(at, v);
  }
}

// @ts-ignore: decorator
@inline
export function pairOf(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

/** v·factor, 0 where either is 0 whatever the other is, and never −0. */
// @ts-ignore: decorator
@inline
function scaled(v: v128, factor: v128): v128 {
  const zero = f64x2.splat(0.0);
  return f64x2.add(v128.andnot(f64x2.mul(v, factor), v128.or(f64x2.eq(v, zero), f64x2.eq(factor, zero))), zero);
}

/** The bit of the sign; the least exponent. In memory, as the constants of exp.ts are. */
const SIGN: usize = memory.data<u64>([0x8000000000000000], 16);
const FLOOR: usize = memory.data<f64>([EXP_NORMAL], 16);

/** The sign bits of a mask's lanes. */
// @ts-ignore: decorator
@inline
export function signsOf(mask: v128): v128 {
  return v128.and(mask, v128.load64_splat(SIGN));
}

/** −|x|. */
// @ts-ignore: decorator
@inline
export function minusSize(x: v128): v128 {
  return v128.or(x, v128.load64_splat(SIGN));
}

/** exp(d) of two doubles ≤ 0, infinite ones too. */
// @ts-ignore: decorator
@inline
export function expOfNegative(d: v128): v128 {
  const floor = v128.load64_splat(FLOOR);
  const e = expPlain2x(
    f64x2.pmax(d, floor),
    expConstant(0),
    expConstant(1),
    expConstant(2),
    expConstant(3),
    expConstant(4),
    expConstant(5),
    expConstant(6),
  );
  return v128.any_true(f64x2.lt(d, floor)) ? withTiny(d, e) : e;
}

/** exp(d) where that is no normal number, else e. */
function withTiny(d: v128, e: v128): v128 {
  return pairOf(
    orTiny(f64x2.extract_lane(d, 0), f64x2.extract_lane(e, 0)),
    orTiny(f64x2.extract_lane(d, 1), f64x2.extract_lane(e, 1)),
  );
}

function orTiny(d: f64, e: f64): f64 {
  if (d >= EXP_NORMAL) return e;
  return d < -EXP_VANISHES ? 0.0 : Math.exp(d);
}
