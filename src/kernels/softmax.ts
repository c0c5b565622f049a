// One row of a softmax, with every digit: exponentials against the first greatest logit, and what follows from them.
// Notation: k the first argmax, d_j = (z_j − z_k)/τ, e_j = exp(d_j), rest = Σ_{j≠k} e_j, total = 1 + rest.
import { twoProductError, twoSumError, EXP_VANISHES } from "./numerics";

/** The last row's k, rest and total. Module state: a worker computes one row at a time. */
export let top: usize = 0;
export let rest: f64 = 0.0;
export let total: f64 = 0.0;

// τ = mantissa · 2^x: dividing by 2^x is exact, in two factors, because one may not be a double.
let mantissa: f64 = 1.0;
let power1: f64 = 1.0;
let power2: f64 = 1.0;

/** The part of d_j below its last bit, of the last call of distance(). */
export let below: f64 = 0.0;

/** Sets τ for the rows that follow. */
export function setTemperature(temperature: f64): void {
  let m = temperature, x = 0;
  while (m >= 2.0) { m *= 0.5; x++; }
  while (m < 1.0) { m *= 2.0; x--; }
  mantissa = m;
  const half = x / 2;
  power1 = powerOfTwo(-half);
  power2 = powerOfTwo(half - x);
}

function powerOfTwo(x: i32): f64 {
  return reinterpret<f64>(<u64>(1023 + x) << 52);
}

/**
 * d = (z − z_k)/τ, rounded; what rounding took is in `below`, because exp magnifies it: at d = −700 half a unit in the
 * last place of d is 450 units of e.
 */
// @ts-ignore: decorator
@inline
export function distance(z: f64, greatest: f64): f64 {
  const difference = z - greatest;
  below = 0.0;
  // Infinite, or so far down that e_j is 0 and its own rounding is all that matters.
  if (difference < -1e300) return difference * power1 * power2 / mantissa;
  const error = twoSumError(z, -greatest, difference);
  if (mantissa == 1.0) {
    below = error * power1 * power2;
    return difference * power1 * power2;
  }
  const scaled = difference * power1 * power2;
  const d = scaled / mantissa;
  if (d > -1e4) {
    const product = d * mantissa;
    below = ((scaled - product) - twoProductError(d, mantissa, product) + error * power1 * power2) / mantissa;
  }
  return d;
}

/** −log p_j, from logits: both terms are ≥ 0. */
// @ts-ignore: decorator
@inline
export function negativeLog(z: f64, greatest: f64, logTotal: f64): f64 {
  const d = distance(z, greatest);
  return -d - below + logTotal;
}

/** Whether class j of a row exists: its logit is above −Infinity, and the mask (0: none) has it. */
// @ts-ignore: decorator
@inline
export function exists(logits: usize, mask: usize, j: usize): bool {
  return (mask == 0 || load<u8>(mask + j) != 0) && load<f64>(logits + (j << 3)) > -Infinity;
}

/** Stores e_j (0 for a class that does not exist) and sets top, rest and total. At least one class exists. */
export function exponentials(logits: usize, mask: usize, classes: usize, out: usize): void {
  let k: usize = 0;
  let greatest = -Infinity;
  for (let j: usize = 0; j < classes; j++) {
    const z = load<f64>(logits + (j << 3));
    if (z > greatest && (mask == 0 || load<u8>(mask + j) != 0)) {
      greatest = z;
      k = j;
    }
  }
  // A compensated sum: 50,000 roundings would otherwise cost more digits than the exponentials do.
  let sum = 0.0, lost = 0.0;
  for (let j: usize = 0; j < classes; j++) {
    let e = 0.0;
    if (exists(logits, mask, j)) {
      const d = distance(load<f64>(logits + (j << 3)), greatest);
      if (d > -EXP_VANISHES) {
        e = Math.exp(d);
        e += e * below;
      }
    }
    store<f64>(out + (j << 3), e);
    if (j != k) {
      const next = sum + e;
      lost += twoSumError(sum, e, next);
      sum = next;
    }
  }
  top = k;
  rest = sum + lost;
  total = 1.0 + rest;
}
