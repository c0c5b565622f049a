import { CROSS_ENTROPY, ENTROPY, KEEP, KL_DIVERGENCE, LABELS, PARAMETERS } from "../../kernels/batch";
import { divergenceTerm, entropyTerm } from "../../kernels/decomposition";
import { elementwise } from "../../kernels/elementwise";
import { inputAt } from "../../kernels/float32";
import { log1p2x } from "../../kernels/log";
import { derive, expOfMinusSize, pairwise } from "../../kernels/pairwise";

// Parameters: pos_weight, label_smoothing. The effective target is a for the negative class and b for the positive.

const ONE: usize = memory.data<f64>([1.0, 0.5], 16);

/** (1−y)(1−ε) + ε/2: the smoothed y subtracted from 1 would lose digits. */
// @ts-ignore: decorator
@inline
function negativeTarget(y: f64, parameters: usize): f64 {
  const smoothing = load<f64>(parameters + 8);
  return (1.0 - y) * (1.0 - smoothing) + smoothing * 0.5;
}

// @ts-ignore: decorator
@inline
function positiveTarget(y: f64, parameters: usize): f64 {
  const smoothing = load<f64>(parameters + 8);
  return load<f64>(parameters) * (y * (1.0 - smoothing) + smoothing * 0.5);
}

/** a·left + b·right; a term whose coefficient is 0 is skipped, so that 0·∞ never appears. */
// @ts-ignore: decorator
@inline
function combine(a: f64, left: f64, b: f64, right: f64): f64 {
  return (a == 0.0 ? 0.0 : a * left) + (b == 0.0 ? 0.0 : b * right);
}

class OfLogits {
  // @ts-ignore: decorator
  @inline
  pair(z: v128, y: v128, parameters: usize): v128 {
    const zero = f64x2.splat(0.0), one = v128.load64_splat(ONE);
    const weight = v128.load64_splat(parameters), smoothing = v128.load64_splat(parameters + 8);
    const kept = f64x2.sub(one, smoothing), half = f64x2.mul(smoothing, v128.load64_splat(ONE, 8));
    const a = f64x2.add(f64x2.mul(f64x2.sub(one, y), kept), half);
    const b = f64x2.mul(weight, f64x2.add(f64x2.mul(y, kept), half));
    const e = expOfMinusSize(z), logTotal = log1p2x(e);
    const large = f64x2.div(one, f64x2.add(one, e)), small = f64x2.mul(e, large);
    const below = f64x2.lt(z, zero);
    const left = f64x2.mul(a, f64x2.add(f64x2.pmax(z, zero), logTotal));
    const right = f64x2.mul(b, f64x2.add(f64x2.pmax(f64x2.neg(z), zero), logTotal));
    const up = f64x2.mul(a, v128.bitselect(small, large, below)), down = f64x2.mul(b, v128.bitselect(large, small, below));
    derive(f64x2.sub(up, down));
    return f64x2.add(v128.andnot(left, f64x2.eq(a, zero)), v128.andnot(right, f64x2.eq(b, zero)));
  }
}

class OfProbabilities {
  // @ts-ignore: decorator
  @inline
  element(p: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const a = negativeTarget(y, parameters), b = positiveTarget(y, parameters);
    store<f64>(loss, combine(a, -Math.log1p(-p), b, -Math.log(p)));
    store<f64>(gradient, combine(a, 1.0 / (1.0 - p), b, -1.0 / p));
  }
}

export function binary_cross_entropy(batch: usize, from: usize, to: usize): void {
  pairwise<OfLogits>(batch, from, to);
}

export function binary_cross_entropy_given_probabilities(batch: usize, from: usize, to: usize): void {
  elementwise<OfProbabilities>(batch, from, to);
}

export function binary_cross_entropy_decomposition(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) {
    const z = inputAt(batch, i);
    // The functions of the loss itself: the parts add up to it, and are it where there is one part, to the bit.
    const e = expOfMinusSize(f64x2.splat(z)), logTotal = f64x2.extract_lane(log1p2x(e), 0);
    const small = f64x2.extract_lane(e, 0), large = 1.0 / (1.0 + small);
    const p0 = z < 0.0 ? large : small * large, p1 = z < 0.0 ? small * large : large;
    decompose(batch, i, Math.max(z, 0.0) + logTotal, Math.max(-z, 0.0) + logTotal, p0, p1);
  }
}

export function binary_cross_entropy_given_probabilities_decomposition(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) {
    const p = inputAt(batch, i);
    decompose(batch, i, -Math.log1p(-p), -Math.log(p), 1.0 - p, p);
  }
}

/** One element's parts; nl0, nl1 and p0, p1 are −log p and p of the negative and the positive class. */
function decompose(batch: usize, i: usize, nl0: f64, nl1: f64, p0: f64, p1: f64): void {
  const at = i << 3, keep: usize = load<u32>(batch + KEEP);
  let crossEntropy = 0.0, entropy = 0.0, divergence = 0.0;
  if (keep == 0 || load<u8>(keep + i) != 0) {
    const y = load<f64>(<usize>load<u32>(batch + LABELS) + at);
    const a = negativeTarget(y, batch + PARAMETERS), b = positiveTarget(y, batch + PARAMETERS), mass = a + b;
    crossEntropy = combine(a, nl0, b, nl1);
    entropy = entropyTerm(a, b) + entropyTerm(b, a);
    // A target of one class only has no entropy, and its divergence is the loss to the bit.
    divergence = a == 0.0 || b == 0.0 ? crossEntropy : mass * (divergenceTerm(a / mass, p0, nl0) + divergenceTerm(b / mass, p1, nl1));
  }
  store<f64>(<usize>load<u32>(batch + CROSS_ENTROPY) + at, crossEntropy + 0.0);
  store<f64>(<usize>load<u32>(batch + ENTROPY) + at, entropy + 0.0);
  store<f64>(<usize>load<u32>(batch + KL_DIVERGENCE) + at, divergence + 0.0);
}
