// The loop of every elementwise loss. A loss gives a class with
//   element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void
// that stores the unweighted loss and derivative of one element; weights, masks and the denominator are here, once.
import { DENOMINATOR, FLOAT32, GRADIENTS, KEEP, LABELS, LOSSES, PARAMETERS, SAMPLE_WEIGHTS, SCRATCH } from "../batch";
import { inputAt, storeAt } from "./float32";

/** Weight over denominator: what multiplies an example's own gradient. 0 where there is nothing to divide by. */
// @ts-ignore: decorator
@inline
export function gradientScale(weight: f64, denominator: f64): f64 {
  return denominator == 0.0 ? 0.0 : weight / denominator;
}

/** The example's weight; 0 for an ignored one. */
// @ts-ignore: decorator
@inline
export function weightOf(keep: usize, weights: usize, i: usize): f64 {
  if (keep != 0 && load<u8>(keep + i) == 0) return 0.0;
  return weights != 0 ? load<f64>(weights + (i << 3)) : 1.0;
}

/** Fills losses and gradients of the examples from…to−1. */
// @ts-ignore: decorator
@inline
export function elementwise<Kernel>(batch: usize, from: usize, to: usize): void {
  // The class has no fields: its methods are called statically and inlined into this loop.
  const kernel = changetype<Kernel>(0);
  const labels: usize = load<u32>(batch + LABELS);
  const losses: usize = load<u32>(batch + LOSSES);
  // A float32 gradient has no room for the double.
  const float32 = load<u32>(batch + FLOAT32) != 0,
    derivatives: usize = load<u32>(batch + (float32 ? SCRATCH : GRADIENTS));
  const keep: usize = load<u32>(batch + KEEP),
    weights: usize = load<u32>(batch + SAMPLE_WEIGHTS);
  const denominator = load<f64>(batch + DENOMINATOR);
  for (let i = from; i < to; i++) {
    const at = i << 3;
    const weight = weightOf(keep, weights, i);
    const scale = gradientScale(weight, denominator);
    let loss = 0.0,
      gradient = 0.0;
    // Weight 0 is a branch and not a factor: 0·∞ would be NaN.
    if (weight != 0.0) {
      const slot = float32 ? derivatives : derivatives + at;
      kernel.element(inputAt(batch, i), load<f64>(labels + at), batch + PARAMETERS, losses + at, slot);
      // Adding +0 turns −0 into 0.
      loss = load<f64>(losses + at) * weight + 0.0;
      const derivative = load<f64>(slot);
      // Over a tiny denominator the scale is infinite, and 0 times it NaN: the two steps apart are not.
      if (scale == Infinity) gradient = (derivative / denominator) * weight;
      else if (scale != 0.0) gradient = derivative * scale;
    }
    store<f64>(losses + at, loss);
    storeAt(batch, GRADIENTS, i, gradient);
  }
}
