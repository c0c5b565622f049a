// Distances of logits over a temperature, with every digit.
import { twoProductError, twoSumError } from "../numerics/numerics";

// τ = mantissa · 2^x: dividing by 2^x is exact, in two factors, because one may not be a double.
let mantissa: f64 = 1.0;
let power1: f64 = 1.0;
let power2: f64 = 1.0;

/** The part of d_j below its last bit, of the last call of distance(). */
export let below: f64 = 0.0;

/** Sets τ for the rows that follow. */
export function setTemperature(temperature: f64): void {
  let m = temperature,
    x = 0;
  while (m >= 2.0) {
    m *= 0.5;
    x++;
  }
  while (m < 1.0) {
    m *= 2.0;
    x--;
  }
  mantissa = m;
  const half = x / 2;
  power1 = powerOfTwo(-half);
  power2 = powerOfTwo(half - x);
}

/** Whether τ is 1. */
export function isTemperatureOne(): bool {
  return mantissa == 1.0 && power1 == 1.0 && power2 == 1.0;
}

function powerOfTwo(x: i32): f64 {
  return reinterpret<f64>((<u64>(1023 + x)) << 52);
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
  if (difference < -1e300) return (difference * power1 * power2) / mantissa;
  const error = twoSumError(z, -greatest, difference);
  if (mantissa == 1.0) {
    below = error * power1 * power2;
    return difference * power1 * power2;
  }
  const scaled = difference * power1 * power2;
  const d = scaled / mantissa;
  if (d > -1e4) {
    const product = d * mantissa;
    below = (scaled - product - twoProductError(d, mantissa, product) + error * power1 * power2) / mantissa;
  }
  return d;
}
