// The loop of the elementwise losses that are computed two elements at a time. A loss gives a class with
//   pair(z: v128, y: v128, parameters: usize): v128
// that returns the unweighted losses of two elements and hands their derivatives to derive(); the rest is as in
// elementwise.ts.
import { DENOMINATOR, FLOAT32, GRADIENTS, KEEP, LABELS, LOGITS, LOSSES, PARAMETERS, SAMPLE_WEIGHTS } from "./batch";
import { gradientScale, weightOf } from "./elementwise";
import { EXP_NORMAL, exp2x, expConstant } from "./exp";
import { EXP_VANISHES } from "./numerics";

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
  const kernel = changetype<Kernel>(0);
  const logits: usize = load<u32>(batch + LOGITS), labels: usize = load<u32>(batch + LABELS);
  const losses: usize = load<u32>(batch + LOSSES), gradients: usize = load<u32>(batch + GRADIENTS);
  const float32 = load<u32>(batch + FLOAT32) != 0;
  const keep: usize = load<u32>(batch + KEEP), weights: usize = load<u32>(batch + SAMPLE_WEIGHTS);
  const denominator = load<f64>(batch + DENOMINATOR);
  const even = gradientScale(1.0, denominator);
  for (let i = from; i < to; i += 2) {
    const at = i << 3;
    const single = i + 1 == to;
    const z = float32 ? pairOfFloats(logits + (i << 2), single) : pairAt(logits + at, single);
    const y = pairAt(labels + at, single);
    let loss = kernel.pair(z, y, batch + PARAMETERS), gradient: v128;
    if (keep == 0 && weights == 0) {
      loss = f64x2.add(loss, f64x2.splat(0.0));
      gradient = scaled(derivatives, f64x2.splat(even));
    } else {
      const w0 = weightOf(keep, weights, i), w1 = single ? w0 : weightOf(keep, weights, i + 1);
      loss = scaled(loss, pairOf(w0, w1));
      gradient = scaled(derivatives, pairOf(gradientScale(w0, denominator), gradientScale(w1, denominator)));
    }
    storePair(losses + at, loss, single);
    if (float32) storeFloats(gradients + (i << 2), gradient, single);
    else storePair(gradients + at, gradient, single);
  }
}

/** The two doubles there, or the one twice. */
// @ts-ignore: decorator
@inline
function pairAt(at: usize, single: bool): v128 {
  return single ? v128.load64_splat(at) : v128.load(at);
}

// @ts-ignore: decorator
@inline
function pairOfFloats(at: usize, single: bool): v128 {
  return f64x2.promote_low_f32x4(single ? v128.load32_splat(at) : v128.load64_zero(at));
}

// @ts-ignore: decorator
@inline
function storePair(at: usize, v: v128, single: bool): void {
  if (single) v128.store64_lane(at, v, 0);
  else v128.store(at, v);
}

/** Rounds a pair; what rounds to −0 becomes 0. */
// @ts-ignore: decorator
@inline
function storeFloats(at: usize, v: v128, single: bool): void {
  const rounded = f32x4.add(f32x4.demote_f64x2_zero(v), f32x4.splat(0.0));
  if (single) v128.store32_lane(at, rounded, 0);
  else v128.store64_lane(at, rounded, 0);
}

// @ts-ignore: decorator
@inline
function pairOf(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

/** v·factor, 0 where either is 0 whatever the other is, and never −0. */
// @ts-ignore: decorator
@inline
function scaled(v: v128, factor: v128): v128 {
  const zero = f64x2.splat(0.0);
  return f64x2.add(v128.andnot(f64x2.mul(v, factor), v128.or(f64x2.eq(v, zero), f64x2.eq(factor, zero))), zero);
}

/** exp(−|x|) of two doubles, infinite ones too. */
// @ts-ignore: decorator
@inline
export function expOfMinusSize(x: v128): v128 {
  const d = f64x2.neg(f64x2.abs(x)), floor = f64x2.splat(EXP_NORMAL);
  const e = exp2x(f64x2.pmax(d, floor), f64x2.splat(0.0), expConstant(0), expConstant(1), expConstant(2), expConstant(3),
    expConstant(4), expConstant(5), expConstant(6), expConstant(7));
  if (!v128.any_true(f64x2.lt(d, floor))) return e;
  return pairOf(orTiny(f64x2.extract_lane(d, 0), f64x2.extract_lane(e, 0)), orTiny(f64x2.extract_lane(d, 1), f64x2.extract_lane(e, 1)));
}

/** exp(d) where that is no normal number, else e. */
function orTiny(d: f64, e: f64): f64 {
  if (d >= EXP_NORMAL) return e;
  return d < -EXP_VANISHES ? 0.0 : Math.exp(d);
}
