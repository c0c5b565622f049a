// Whole-tensor passes that serve every loss.
import { CLASSES, EXAMPLES, KEEP, LABELS, PROBABILITIES } from "./batch";
import { all_between, all_between_float32 } from "./checks";
import { inputAt, roundToFloat32, storeAt } from "./loops/float32";
import { sigmoid, twoSumError } from "./numerics/numerics";
import { classWeight, labelMass, sumExcept } from "./rows/target";

/** Bytes from here on are free: static data ends here. */
export function heap_base(): usize {
  return __heap_base;
}

/**
 * out[i] = values[i]·weights[i]; 0 where the weight is 0 or keep[i] is 0, whatever the value. weights and keep may be
 * 0.
 */
export function weigh(values: usize, weights: usize, keep: usize, count: usize, out: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const at = i << 3;
    const weight = weights != 0 ? load<f64>(weights + at) : 1.0;
    const skipped = weight == 0.0 || (keep != 0 && load<u8>(keep + i) == 0);
    store<f64>(out + at, skipped ? 0.0 : load<f64>(values + at) * weight + 0.0);
  }
}

/** How many of values[0…count−1] are infinite or NaN. */
export function count_nonfinite(values: usize, count: usize): u32 {
  let found: u32 = 0;
  if (all_between(values, count, -f64.MAX_VALUE, f64.MAX_VALUE)) return 0;
  for (let i: usize = 0; i < count; i++) {
    if (!isFinite(load<f64>(values + (i << 3)))) found++;
  }
  return found;
}

/** The same of f32 numbers. */
export function count_nonfinite_float32(values: usize, count: usize): u32 {
  let found: u32 = 0;
  if (all_between_float32(values, count, -f32.MAX_VALUE, f32.MAX_VALUE)) return 0;
  for (let i: usize = 0; i < count; i++) {
    if (!isFinite(load<f32>(values + (i << 2)))) found++;
  }
  return found;
}

/** out[i] (f32) = values[i] (f64), rounded once, with −0 as 0. */
export function round_to_float32(values: usize, count: usize, out: usize): void {
  roundToFloat32(values, count, out);
}

/** sum / denominator, and 0 where there is nothing to divide by. */
export function divide(sum: f64, denominator: f64): f64 {
  return denominator == 0.0 ? 0.0 : sum / denominator + 0.0;
}

/** out[i] = Σ_c w_c·y_ic of the unsmoothed labels: what an example counts in a mean over weights. 0 if ignored. */
export function label_weights(batch: usize, out: usize): void {
  const classes: usize = load<u32>(batch + CLASSES),
    keep: usize = load<u32>(batch + KEEP);
  const examples: usize = load<u32>(batch + EXAMPLES);
  for (let row: usize = 0; row < examples; row++) {
    let sum = 0.0,
      lost = 0.0;
    if (keep == 0 || load<u8>(keep + row) != 0) {
      for (let c: usize = 0; c < classes; c++) {
        const part = classWeight(batch, c) * labelMass(batch, row, c, classes);
        const next = sum + part;
        lost += twoSumError(sum, part, next);
        sum = next;
      }
    }
    store<f64>(out + (row << 3), sum + lost);
  }
}

/** Divides each kept row of a distribution by its sum. */
export function normalise_labels(batch: usize): void {
  const classes: usize = load<u32>(batch + CLASSES),
    examples: usize = load<u32>(batch + EXAMPLES);
  const keep: usize = load<u32>(batch + KEEP),
    labels: usize = load<u32>(batch + LABELS);
  for (let row: usize = 0; row < examples; row++) {
    if (keep != 0 && load<u8>(keep + row) == 0) continue;
    const at = labels + ((row * classes) << 3);
    const sum = sumExcept(at, classes, classes);
    for (let c: usize = 0; c < classes; c++) store<f64>(at + (c << 3), load<f64>(at + (c << 3)) / sum);
  }
}

/** Fills probabilities with σ(z); 0 for an ignored example. */
export function sigmoid_probabilities(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) storeAt(batch, PROBABILITIES, i, isKept(batch, i) ? sigmoid(inputAt(batch, i)) : 0.0);
}

/** Fills probabilities with the given ones; 0 for an ignored example. */
export function given_probabilities(batch: usize, from: usize, to: usize): void {
  for (let i = from; i < to; i++) storeAt(batch, PROBABILITIES, i, isKept(batch, i) ? inputAt(batch, i) : 0.0);
}

function isKept(batch: usize, i: usize): bool {
  const keep: usize = load<u32>(batch + KEEP);
  return keep == 0 || load<u8>(keep + i) != 0;
}
