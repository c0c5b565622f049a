import { CROSS_ENTROPY, ENTROPY, KEEP, KL_DIVERGENCE, LABELS, LOGITS, PARAMETERS } from "../../kernels/batch";
import { divergenceTerm, entropyTerm } from "../../kernels/decomposition";
import { elementwise } from "../../kernels/elementwise";
import { sigmoid, softplus } from "../../kernels/numerics";

// Parameters: pos_weight, label_smoothing. The effective target is a for the negative class and b for the positive.

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
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const a = negativeTarget(y, parameters), b = positiveTarget(y, parameters);
    const e = Math.exp(-Math.abs(z)), logTotal = Math.log1p(e), total = 1.0 + e;
    const large = 1.0 / total, small = e / total;
    store<f64>(loss, combine(a, Math.max(z, 0.0) + logTotal, b, Math.max(-z, 0.0) + logTotal));
    store<f64>(gradient, a * (z < 0.0 ? small : large) - b * (z < 0.0 ? large : small));
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
  elementwise<OfLogits>(batch, from, to);
}

export function binary_cross_entropy_given_probabilities(batch: usize, from: usize, to: usize): void {
  elementwise<OfProbabilities>(batch, from, to);
}

export function binary_cross_entropy_decomposition(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) {
    const z = load<f64>(<usize>load<u32>(batch + LOGITS) + (i << 3));
    decompose(batch, i, softplus(z), softplus(-z), sigmoid(-z), sigmoid(z));
  }
}

export function binary_cross_entropy_given_probabilities_decomposition(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) {
    const p = load<f64>(<usize>load<u32>(batch + LOGITS) + (i << 3));
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
