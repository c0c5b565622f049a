// The parts of a cross-entropy: T·H(u) and T·KL(u‖p) for an effective target t = T·u.
import { CROSS_ENTROPY, ENTROPY, KL_DIVERGENCE } from "../batch";
import { twoSumError } from "../numerics/numerics";

/** t·log((T)/t) as t·log1p((T−t)/t), with `others` = T − t. */
export function entropyTerm(t: f64, others: f64): f64 {
  if (t == 0.0 || others == 0.0) return 0.0;
  const ratio = others / t;
  if (ratio == Infinity) return t * (Math.log(others) - Math.log(t));
  return t * Math.log1p(ratio);
}

/**
 * u·Δ − u + p with Δ = log(u/p): ≥ 0, and 0 only where u = p. Near 0 it is u·Δ²·φ(−Δ), φ(x) = (eˣ−1−x)/x², which keeps
 * its digits. Far from 0 the quotient would underflow with p, so −log p comes in.
 */
export function divergenceTerm(u: f64, p: f64, negativeLogP: f64): f64 {
  if (u == 0.0) return p;
  if (negativeLogP == Infinity) return Infinity;
  const near = p > 1e-290 && u < 1.5 * p && p < 1.5 * u;
  if (!near) return u * (Math.log(u) + negativeLogP) - u + p;
  const delta = Math.log1p((u - p) / p);
  return u * delta * delta * phi(-delta);
}

/** (eˣ − 1 − x)/x² for |x| < ½ by its series Σ xⁿ/(n+2)!: the term left out is below 2⁻⁵⁵. */
export function phi(x: f64): f64 {
  let sum = 0.0;
  for (let n = 16; n >= 2; n--) sum = (1.0 + sum * x) / <f64>n;
  return sum;
}

/** A running sum that keeps what its additions lose. */
let sum: f64 = 0.0;
let lost: f64 = 0.0;

export function startSum(): void {
  sum = 0.0;
  lost = 0.0;
}

export function addToSum(v: f64): void {
  const next = sum + v;
  if (next != Infinity) lost += twoSumError(sum, v, next);
  sum = next;
}

export function endSum(): f64 {
  return sum + lost;
}

/** Stores the parts of a row, where they are wanted. */
export function storeParts(batch: usize, row: usize, crossEntropy: f64, entropy: f64, divergence: f64): void {
  if (load<u32>(batch + CROSS_ENTROPY) == 0) return;
  store<f64>(<usize>load<u32>(batch + CROSS_ENTROPY) + (row << 3), crossEntropy + 0.0);
  store<f64>(<usize>load<u32>(batch + ENTROPY) + (row << 3), entropy + 0.0);
  store<f64>(<usize>load<u32>(batch + KL_DIVERGENCE) + (row << 3), divergence + 0.0);
}
