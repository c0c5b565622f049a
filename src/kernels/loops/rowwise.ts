// The loop of every rowwise loss. A loss gives a class with
//   row(batch: usize, row: usize, scale: f64): f64
// that returns the row's unweighted loss and stores its gradient times scale (0 where scale is 0), all in doubles.
import {
  CLASSES,
  CROSS_ENTROPY,
  DENOMINATOR,
  ENTROPY,
  FLOAT32,
  GRADIENTS,
  KEEP,
  KL_DIVERGENCE,
  LOSSES,
  PROBABILITIES,
  SAMPLE_WEIGHTS,
} from "../batch";
import { gradientScale, weightOf } from "./elementwise";
import { closeRow, openRow, startRows } from "./float32";

/** Fills losses and gradients of the rows from…to−1. */
// @ts-ignore: decorator
@inline
export function rowwise<Kernel>(batch: usize, from: usize, to: usize): void {
  const kernel = changetype<Kernel>(0);
  const losses: usize = load<u32>(batch + LOSSES);
  const keep: usize = load<u32>(batch + KEEP),
    weights: usize = load<u32>(batch + SAMPLE_WEIGHTS);
  const denominator = load<f64>(batch + DENOMINATOR);
  const float32 = load<u32>(batch + FLOAT32) != 0,
    rows = float32 ? startRows(batch) : batch;
  for (let row = from; row < to; row++) {
    const weight = weightOf(keep, weights, row);
    let loss = 0.0;
    if (keep != 0 && load<u8>(keep + row) == 0) {
      clearRow(batch, row);
    } else {
      if (float32) openRow(batch, rows, row);
      const raw = kernel.row(rows, row, gradientScale(weight, denominator));
      if (float32) closeRow(batch, rows, row);
      if (weight != 0.0) loss = raw * weight + 0.0;
    }
    store<f64>(losses + (row << 3), loss);
  }
}

/** Fills what an ignored row has beside its loss with 0. Its logits may hold anything: they are not looked at. */
export function clearRow(batch: usize, row: usize): void {
  const bytes = (<usize>load<u32>(batch + CLASSES)) << (load<u32>(batch + FLOAT32) != 0 ? 2 : 3);
  clear(batch, GRADIENTS, row, bytes);
  clear(batch, PROBABILITIES, row, bytes);
  clear(batch, CROSS_ENTROPY, row, 8);
  clear(batch, ENTROPY, row, 8);
  clear(batch, KL_DIVERGENCE, row, 8);
}

/** Fills the row's bytes in an output with 0, where that output is wanted. */
function clear(batch: usize, field: usize, row: usize, bytes: usize): void {
  const at: usize = load<u32>(batch + field);
  if (at != 0) memory.fill(at + row * bytes, 0, bytes);
}
