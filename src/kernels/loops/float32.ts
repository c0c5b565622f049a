// Batches whose large tensors are float32: numbers are widened where they are read and rounded once where they are
// stored.
import { BATCH_BYTES, CLASSES, FLOAT32, GRADIENTS, LOGITS, PROBABILITIES, SCRATCH } from "../batch";

/** One number of a batch's input, as a double. */
// @ts-ignore: decorator
@inline
export function inputAt(batch: usize, i: usize): f64 {
  const values: usize = load<u32>(batch + LOGITS);
  return load<u32>(batch + FLOAT32) != 0 ? <f64>load<f32>(values + (i << 2)) : load<f64>(values + (i << 3));
}

/** Stores a result in one of the large outputs. */
// @ts-ignore: decorator
@inline
export function storeAt(batch: usize, field: usize, i: usize, v: f64): void {
  const out: usize = load<u32>(batch + field);
  // Adding +0 turns −0 into 0: a negative number may be too small for a float32.
  if (load<u32>(batch + FLOAT32) != 0) store<f32>(out + (i << 2), <f32>v + <f32>0.0);
  else store<f64>(out + (i << 3), v + 0.0);
}

/** values[0…count−1] (f32) as doubles. */
export function widen(values: usize, count: usize, out: usize): void {
  let i: usize = 0;
  for (; i + 2 <= count; i += 2) {
    v128.store(out + (i << 3), f64x2.promote_low_f32x4(v128.load64_zero(values + (i << 2))));
  }
  if (i < count) store<f64>(out + (i << 3), <f64>load<f32>(values + (i << 2)));
}

/** values[0…count−1] (f64), each rounded to float32; −0 becomes 0. */
export function roundToFloat32(values: usize, count: usize, out: usize): void {
  const zero = f32x4.splat(0.0);
  let i: usize = 0;
  for (; i + 2 <= count; i += 2) {
    v128.store64_lane(out + (i << 2), f32x4.add(f32x4.demote_f64x2_zero(v128.load(values + (i << 3))), zero), 0);
  }
  if (i < count) store<f32>(out + (i << 2), <f32>load<f64>(values + (i << 3)) + <f32>0.0);
}

/**
 * Makes a batch of doubles for the rows of a float32 batch, in its SCRATCH: a copy of its fields, then one row each of
 * logits, gradients and probabilities, then the scratch of the row's own kernel. Returns the batch's address.
 */
export function startRows(batch: usize): usize {
  const rows: usize = load<u32>(batch + SCRATCH),
    classes: usize = load<u32>(batch + CLASSES);
  memory.copy(rows, batch, BATCH_BYTES);
  store<u32>(rows + FLOAT32, 0);
  store<u32>(rows + SCRATCH, rows + BATCH_BYTES + 24 * classes);
  return rows;
}

/** Widens a row. The copy's tensors then begin so far before SCRATCH that this row of theirs is the one there. */
export function openRow(batch: usize, rows: usize, row: usize): void {
  const classes: usize = load<u32>(batch + CLASSES),
    bytes = classes << 3,
    here = rows + BATCH_BYTES;
  const begin = here - row * bytes;
  store<u32>(rows + LOGITS, begin);
  store<u32>(rows + GRADIENTS, begin + bytes);
  if (load<u32>(batch + PROBABILITIES) != 0) store<u32>(rows + PROBABILITIES, begin + 2 * bytes);
  widen(<usize>load<u32>(batch + LOGITS) + ((row * classes) << 2), classes, here);
}

/** Rounds what the row's kernel stored into the float32 batch. */
export function closeRow(batch: usize, rows: usize, row: usize): void {
  const classes: usize = load<u32>(batch + CLASSES),
    bytes = classes << 3,
    here = rows + BATCH_BYTES;
  const at = (row * classes) << 2,
    probabilities: usize = load<u32>(batch + PROBABILITIES);
  roundToFloat32(here + bytes, classes, <usize>load<u32>(batch + GRADIENTS) + at);
  if (probabilities != 0) roundToFloat32(here + 2 * bytes, classes, probabilities + at);
}
