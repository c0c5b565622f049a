import { elementwise } from "../../kernels/elementwise";
import { EXP_VANISHES, twoProductError, twoSumError } from "../../kernels/numerics";

// Parameters: gamma, alpha (below 0: off). s = z for y = 1 and −z for y = 0; p = σ(s), q = σ(−s), ℓ = −log p.

// @ts-ignore: decorator
@inline
function balance(y: f64, parameters: usize): f64 {
  const alpha = load<f64>(parameters + 8);
  return alpha < 0.0 ? 1.0 : y != 0.0 ? alpha : 1.0 - alpha;
}

/**
 * q^γ = exp(−γ·(max(s,0) + log1p(e))): a power of q itself would have no digits left where q is subnormal. The
 * exponent's rounding, which exp magnifies, is carried along.
 */
// @ts-ignore: decorator
@inline
function modulation(s: f64, logTotal: f64, gamma: f64): f64 {
  if (gamma == 0.0) return 1.0;
  const linear = Math.max(s, 0.0);
  const product = gamma * linear, bend = gamma * logTotal;
  const exponent = product + bend;
  if (exponent > EXP_VANISHES) return 0.0;
  // Both corrections are below the last bit; tiny operands have none that matters.
  const lost = twoSumError(product, bend, exponent) + (linear < 1e-200 || gamma < 1e-200 ? 0.0 : twoProductError(gamma, linear, product));
  const power = Math.exp(-exponent);
  return power - power * lost;
}

class OfLogits {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const gamma = load<f64>(parameters), alpha = balance(y, parameters);
    const s = y != 0.0 ? z : -z;
    const e = Math.exp(-Math.abs(s)), logTotal = Math.log1p(e), total = 1.0 + e;
    const p = (s < 0.0 ? e : 1.0) / total, q = (s < 0.0 ? 1.0 : e) / total;
    const surprise = Math.max(-s, 0.0) + logTotal;
    const weight = alpha * modulation(s, logTotal, gamma);
    store<f64>(loss, weight == 0.0 ? 0.0 : weight * surprise);
    // p·ℓ is 0 at its limit, where ℓ is infinite.
    const slope = weight * ((p == 0.0 ? 0.0 : gamma * (p * surprise)) + q);
    store<f64>(gradient, y != 0.0 ? -slope : slope);
  }
}

class OfProbabilities {
  // @ts-ignore: decorator
  @inline
  element(given: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const gamma = load<f64>(parameters), alpha = balance(y, parameters);
    const p = y != 0.0 ? given : 1.0 - given, q = y != 0.0 ? 1.0 - given : given;
    const surprise = y != 0.0 ? -Math.log(given) : -Math.log1p(-given);
    const weight = alpha * (gamma == 0.0 ? 1.0 : Math.pow(q, gamma));
    store<f64>(loss, weight == 0.0 ? 0.0 : weight * surprise);
    // q^{γ−1}·ℓ as q^γ·(ℓ/q): ℓ/q is 1 at q = 0, so γ < 1 is safe.
    const ratio = q == 0.0 ? 1.0 : surprise / q;
    const slope = weight == 0.0 ? 0.0 : weight * ((gamma == 0.0 ? 0.0 : gamma * ratio) + 1.0 / p);
    store<f64>(gradient, y != 0.0 ? -slope : slope);
  }
}

export function focal(batch: usize, from: usize, to: usize): void {
  elementwise<OfLogits>(batch, from, to);
}

export function focal_given_probabilities(batch: usize, from: usize, to: usize): void {
  elementwise<OfProbabilities>(batch, from, to);
}
