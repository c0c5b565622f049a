import { elementwise } from "../../kernels/loops/elementwise";
import { log1p2x } from "../../kernels/numerics/log";
import { twoProductErrors, twoSumErrors } from "../../kernels/numerics/numerics";
import { derive, expOfNegative, minusSize, pairwise, signsOf } from "../../kernels/loops/pairwise";

// Parameters: gamma, alpha (below 0: off). s = z for y = 1 and −z for y = 0; p = σ(s), q = σ(−s), ℓ = −log p.

const ONE: usize = memory.data<f64>([1.0], 16);

// @ts-ignore: decorator
@inline
function balance(y: f64, parameters: usize): f64 {
  const alpha = load<f64>(parameters + 8);
  return alpha < 0.0 ? 1.0 : y != 0.0 ? alpha : 1.0 - alpha;
}

/** Beyond this the splitting of gamma overflows. */
const GAMMA_SPLITS: f64 = 1e290;

/**
 * q^γ = exp(−γ·(max(s,0) + log(1+e))): a power of q itself would have no digits left where q is subnormal. The
 * exponent's rounding, which exp magnifies, is carried along.
 */
// @ts-ignore: decorator
@inline
function modulation(s: v128, logTotal: v128, gamma: f64): v128 {
  const gammas = f64x2.splat(gamma),
    linear = f64x2.pmax(s, f64x2.splat(0.0));
  const product = f64x2.mul(gammas, linear),
    bend = f64x2.mul(gammas, logTotal),
    exponent = f64x2.add(product, bend);
  let lost = twoSumErrors(product, bend, exponent);
  if (gamma < GAMMA_SPLITS) lost = f64x2.add(lost, twoProductErrors(gammas, linear, product));
  const power = expOfNegative(f64x2.neg(exponent));
  // Of huge factors, which the splitting overflows, what was lost is infinite or NaN: it is left out.
  lost = v128.and(lost, f64x2.lt(f64x2.abs(lost), f64x2.splat(1.0)));
  return f64x2.sub(power, f64x2.mul(power, lost));
}

class OfLogits {
  /** gamma, and α of the positive and of the negative class. */
  // @ts-ignore: decorator
  @inline
  constant(i: usize, parameters: usize): v128 {
    return f64x2.splat(i == 0 ? load<f64>(parameters) : balance(i == 1 ? 1.0 : 0.0, parameters));
  }

  // @ts-ignore: decorator
  @inline
  pair(z: v128, y: v128, gammas: v128, positiveAlpha: v128, negativeAlpha: v128): v128 {
    const gamma = f64x2.extract_lane(gammas, 0),
      zero = f64x2.splat(0.0),
      one = v128.load64_splat(ONE);
    const positive = f64x2.gt(y, zero),
      s = v128.xor(z, signsOf(v128.not(positive))),
      below = f64x2.lt(s, zero);
    const d = minusSize(z),
      e = expOfNegative(d),
      logTotal = log1p2x(e),
      total = f64x2.add(one, e);
    const swap = v128.and(v128.xor(one, e), below);
    const p = f64x2.div(v128.xor(one, swap), total),
      q = f64x2.div(v128.xor(e, swap), total);
    const surprise = f64x2.sub(logTotal, v128.and(d, below));
    let weight = v128.bitselect(positiveAlpha, negativeAlpha, positive);
    // The default has no need of exp: where q is subnormal, its square is 0.
    if (gamma == 2.0) weight = f64x2.mul(weight, f64x2.mul(q, q));
    else if (gamma != 0.0) weight = f64x2.mul(weight, modulation(s, logTotal, gamma));
    // p·ℓ is 0 at its limit, where ℓ is infinite.
    const bent = v128.andnot(f64x2.mul(gammas, f64x2.mul(p, surprise)), f64x2.eq(p, zero));
    derive(v128.xor(f64x2.mul(weight, f64x2.add(bent, q)), signsOf(positive)));
    return v128.andnot(f64x2.mul(weight, surprise), f64x2.eq(weight, zero));
  }
}

class OfProbabilities {
  // @ts-ignore: decorator
  @inline
  element(given: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const gamma = load<f64>(parameters),
      alpha = balance(y, parameters);
    const p = y != 0.0 ? given : 1.0 - given,
      q = y != 0.0 ? 1.0 - given : given;
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
  pairwise<OfLogits>(batch, from, to);
}

export function focal_given_probabilities(batch: usize, from: usize, to: usize): void {
  elementwise<OfProbabilities>(batch, from, to);
}
