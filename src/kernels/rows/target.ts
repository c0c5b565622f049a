// The effective target of one row, t_c = w_c·((1−ε)·y_c + ε/C′), and sums over it. Weights w, smoothing ε; C′ counts
// the classes that exist, and the smoothing's mass goes to them alone.
import { CLASSES, CLASS_MASK, CLASS_MASK_STRIDE, CLASS_WEIGHTS, DISTRIBUTIONS, LABELS } from "../batch";
import { twoSumError } from "../numerics/numerics";

/** Σ_{j≠except} values[j], compensated. Pass a number past the end to leave out nothing. */
export function sumExcept(values: usize, count: usize, except: usize): f64 {
  let sum = 0.0,
    lost = 0.0;
  for (let j: usize = 0; j < count; j++) {
    if (j == except) continue;
    const v = load<f64>(values + (j << 3));
    const next = sum + v;
    lost += twoSumError(sum, v, next);
    sum = next;
  }
  return sum + lost;
}

/** The row's class mask, or 0. */
// @ts-ignore: decorator
@inline
export function maskOf(batch: usize, row: usize): usize {
  const mask: usize = load<u32>(batch + CLASS_MASK);
  return mask == 0 ? 0 : mask + row * <usize>load<u32>(batch + CLASS_MASK_STRIDE);
}

/** y_c of the unsmoothed label. */
// @ts-ignore: decorator
@inline
export function labelMass(batch: usize, row: usize, c: usize, classes: usize): f64 {
  const labels: usize = load<u32>(batch + LABELS);
  if (load<u32>(batch + DISTRIBUTIONS) != 0) return load<f64>(labels + ((row * classes + c) << 3));
  return c == <usize>load<f64>(labels + (row << 3)) ? 1.0 : 0.0;
}

// @ts-ignore: decorator
@inline
export function classWeight(batch: usize, c: usize): f64 {
  const weights: usize = load<u32>(batch + CLASS_WEIGHTS);
  return weights == 0 ? 1.0 : load<f64>(weights + (c << 3));
}

/** Stores the target of a row. existing[c] is 1 for a class that exists, else 0. */
export function fillTarget(batch: usize, row: usize, smoothing: f64, existing: usize, out: usize): void {
  const classes: usize = load<u32>(batch + CLASSES);
  let count = 0;
  for (let c: usize = 0; c < classes; c++) count += load<u8>(existing + c);
  const share = smoothing / <f64>count;
  for (let c: usize = 0; c < classes; c++) {
    const mass = (1.0 - smoothing) * labelMass(batch, row, c, classes);
    const smoothed = load<u8>(existing + c) != 0 ? mass + share : mass;
    store<f64>(out + (c << 3), classWeight(batch, c) * smoothed);
  }
}

/** The class with the greatest target, the first of equals. */
export function heaviest(target: usize, classes: usize): usize {
  let best: usize = 0;
  for (let c: usize = 1; c < classes; c++) {
    if (load<f64>(target + (c << 3)) > load<f64>(target + (best << 3))) best = c;
  }
  return best;
}
