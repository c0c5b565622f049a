// One row of a softmax, with every digit: exponentials against the first greatest logit, and what follows from them.
// Notation: k the first argmax, d_j = (z_j − z_k)/τ, e_j = exp(d_j), rest = Σ_{j≠k} e_j, total = 1 + rest.
import { isOrdinary, storeCarefully, storeOrdinary } from "./exponentials";
import { findExtremes, findFirst, greatest, least } from "./extremes";
import { below, distance, isTemperatureOne } from "./temperature";

export { below, distance, setTemperature } from "./temperature";

/** The last row's k, rest and total. Module state: a worker computes one row at a time. */
export let top: usize = 0;
export let rest: f64 = 0.0;
export let total: f64 = 0.0;

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
  findExtremes(logits, mask, classes);
  top = findFirst(logits, mask, classes, greatest);
  const ordinary = mask == 0 && isTemperatureOne() && isOrdinary(greatest, least);
  rest = ordinary
    ? storeOrdinary(logits, classes, top, greatest, out)
    : storeCarefully(logits, mask, classes, top, greatest, out);
  total = 1.0 + rest;
}
