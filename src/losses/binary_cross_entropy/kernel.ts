import { CROSS_ENTROPY, ENTROPY, KEEP, KL_DIVERGENCE, LABELS, PARAMETERS } from "../../kernels/batch";
import { divergenceTerm, entropyTerm } from "../../kernels/rows/decomposition";
import { elementwise } from "../../kernels/loops/elementwise";
import { inputAt } from "../../kernels/loops/float32";
import { log1p2x } from "../../kernels/numerics/log";
import { derive, expOfNegative, minusSize, pairwise, signsOf } from "../../kernels/loops/pairwise";

// Parameters: pos_weight, label_smoothing. The effective target is a for the negative class and b for the positive.

const ONE: usize = memory.data<f64>([1.0], 16);

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

/**
 * With m = a for z ≥ 0 and b below, and o the other: the loss is (a+b)·log(1+e) + m·|z|, its derivative (m − o·e)/(1+e)
 * with the sign of z. A term whose coefficient is 0 is skipped.
 */
class OfLogits {
  /** 1 − ε, ε/2, pos_weight. */
  // @ts-ignore: decorator
  @inline
  constant(i: usize, parameters: usize): v128 {
    const smoothing = load<f64>(parameters + 8);
    return f64x2.splat(i == 0 ? 1.0 - smoothing : i == 1 ? smoothing * 0.5 : load<f64>(parameters));
  }

  // @ts-ignore: decorator
  @inline
  pair(z: v128, y: v128, kept: v128, half: v128, weight: v128): v128 {
    const zero = f64x2.splat(0.0),
      one = v128.load64_splat(ONE),
      below = f64x2.lt(z, zero);
    const a = f64x2.add(f64x2.mul(f64x2.sub(one, y), kept), half);
    const b = f64x2.mul(weight, f64x2.add(f64x2.mul(y, kept), half));
    const swap = v128.and(v128.xor(a, b), below),
      main = v128.xor(a, swap),
      other = v128.xor(b, swap);
    const d = minusSize(z),
      e = expOfNegative(d);
    const slope = f64x2.div(f64x2.sub(main, f64x2.mul(other, e)), f64x2.add(one, e));
    derive(v128.xor(slope, signsOf(below)));
    const linear = v128.andnot(f64x2.mul(main, d), f64x2.eq(main, zero));
    return f64x2.sub(f64x2.mul(f64x2.add(a, b), log1p2x(e)), linear);
  }
}

class OfProbabilities {
  // @ts-ignore: decorator
  @inline
  element(p: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const a = negativeTarget(y, parameters),
      b = positiveTarget(y, parameters);
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
  const kernel = changetype<OfLogits>(0),
    parameters = batch + PARAMETERS;
  for (let i = from; i < to; i++) {
    const z = inputAt(batch, i),
      y = load<f64>(<usize>load<u32>(batch + LABELS) + (i << 3));
    // The loss itself, to the bit: the parts add up to it, and are it where there is one part.
    const loss = kernel.pair(
      f64x2.splat(z),
      f64x2.splat(y),
      kernel.constant(0, parameters),
      kernel.constant(1, parameters),
      kernel.constant(2, parameters),
    );
    const e = expOfNegative(minusSize(f64x2.splat(z))),
      logTotal = f64x2.extract_lane(log1p2x(e), 0);
    const small = f64x2.extract_lane(e, 0),
      large = 1.0 / (1.0 + small);
    const p0 = z < 0.0 ? large : small * large,
      p1 = z < 0.0 ? small * large : large;
    decompose(batch, i, f64x2.extract_lane(loss, 0), Math.max(z, 0.0) + logTotal, Math.max(-z, 0.0) + logTotal, p0, p1);
  }
}

export function binary_cross_entropy_given_probabilities_decomposition(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) {
    const p = inputAt(batch, i);
    const y = load<f64>(<usize>load<u32>(batch + LABELS) + (i << 3)),
      nl0 = -Math.log1p(-p),
      nl1 = -Math.log(p);
    const a = negativeTarget(y, batch + PARAMETERS),
      b = positiveTarget(y, batch + PARAMETERS);
    decompose(batch, i, combine(a, nl0, b, nl1), nl0, nl1, 1.0 - p, p);
  }
}

/** One element's parts of its loss; nl0, nl1 and p0, p1 are −log p and p of the negative and the positive class. */
function decompose(batch: usize, i: usize, loss: f64, nl0: f64, nl1: f64, p0: f64, p1: f64): void {
  const at = i << 3,
    keep: usize = load<u32>(batch + KEEP);
  let crossEntropy = 0.0,
    entropy = 0.0,
    divergence = 0.0;
  if (keep == 0 || load<u8>(keep + i) != 0) {
    const y = load<f64>(<usize>load<u32>(batch + LABELS) + at);
    const a = negativeTarget(y, batch + PARAMETERS),
      b = positiveTarget(y, batch + PARAMETERS),
      mass = a + b;
    crossEntropy = loss;
    entropy = entropyTerm(a, b) + entropyTerm(b, a);
    // A target of one class only has no entropy, and its divergence is the loss to the bit.
    divergence =
      a == 0.0 || b == 0.0
        ? crossEntropy
        : mass * (divergenceTerm(a / mass, p0, nl0) + divergenceTerm(b / mass, p1, nl1));
  }
  store<f64>(<usize>load<u32>(batch + CROSS_ENTROPY) + at, crossEntropy + 0.0);
  store<f64>(<usize>load<u32>(batch + ENTROPY) + at, entropy + 0.0);
  store<f64>(<usize>load<u32>(batch + KL_DIVERGENCE) + at, divergence + 0.0);
}
