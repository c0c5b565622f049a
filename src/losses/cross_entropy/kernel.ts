import {
  CLASSES,
  CLASS_MASK,
  CROSS_ENTROPY,
  DISTRIBUTIONS,
  FLOAT32,
  GRADIENTS,
  LABELS,
  LOGITS,
  PARAMETERS,
  PROBABILITIES,
  SCRATCH,
} from "../../kernels/batch";
import { addToSum, divergenceTerm, endSum, entropyTerm, startSum, storeParts } from "../../kernels/rows/decomposition";
import { NARROW } from "../../kernels/rows/exponentials";
import { float32Rows } from "../../kernels/loops/float32_rows";
import { log1pLarge } from "../../kernels/numerics/log";
import { narrow } from "../../kernels/loops/narrow";
import { times } from "../../kernels/numerics/numerics";
import { rowwise } from "../../kernels/loops/rowwise";
import { exists, exponentials, negativeLog, rest, setTemperature, top, total } from "../../kernels/rows/softmax";
import { classWeight, fillTarget, heaviest, maskOf, sumExcept } from "../../kernels/rows/target";
import { ShortOfClass } from "./kernel_float32";
import { TwoOfClass } from "./kernel_narrow";

// Parameters: label_smoothing, temperature. The target is t, its sum T; −log p_j is nl_j, 1 − p_j is q_j.

/** 2⁻⁴⁸: how far the sum of a row of rounded probabilities may be off. */
const SUM_ROUNDING: f64 = 3.552713678800501e-15;

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES),
      at = (row * classes) << 3;
    const logits = <usize>load<u32>(batch + LOGITS) + at,
      out = <usize>load<u32>(batch + GRADIENTS) + at;
    const mask = maskOf(batch, row);
    exponentials(logits, mask, classes, out);
    const probabilities: usize = load<u32>(batch + PROBABILITIES);
    if (probabilities != 0) {
      for (let j: usize = 0; j < classes; j++) {
        store<f64>(probabilities + at + (j << 3), load<f64>(out + (j << 3)) / total);
      }
    }
    const factor = scale / load<f64>(batch + PARAMETERS + 8) / total;
    const plain = load<u32>(batch + DISTRIBUTIONS) == 0 && load<f64>(batch + PARAMETERS) == 0.0;
    return plain
      ? ofClass(batch, row, classes, logits, mask, out, factor)
      : ofTarget(batch, row, classes, logits, mask, out, factor);
  }
}

/** total − e_j without cancellation: q_j·total. Of equals, each is as good as the first greatest. */
// @ts-ignore: decorator
@inline
function othersOf(j: usize, out: usize): f64 {
  const e = load<f64>(out + (j << 3));
  return e == 1.0 ? rest : total - e;
}

// @ts-ignore: decorator
@inline
function negativeLogOf(j: usize, logits: usize, mask: usize, logTotal: f64): f64 {
  if (!exists(logits, mask, j)) return Infinity;
  return negativeLog(load<f64>(logits + (j << 3)), load<f64>(logits + (top << 3)), logTotal);
}

/** A class index without smoothing: one class has all of the target. */
function ofClass(batch: usize, row: usize, classes: usize, logits: usize, mask: usize, out: usize, factor: f64): f64 {
  const y = <usize>load<f64>(<usize>load<u32>(batch + LABELS) + (row << 3));
  const weight = classWeight(batch, y);
  const loss = weight == 0.0 ? 0.0 : weight * negativeLogOf(y, logits, mask, log1pLarge(rest));
  const others = othersOf(y, out);
  scaleRow(out, classes, weight, factor);
  store<f64>(out + (y << 3), times(-weight * others, factor));
  storeParts(batch, row, loss, 0.0, loss);
  return loss;
}

/** row[j]·weight·factor, four at a time: the weight in a pass of its own, because it is 1 most often. */
function scaleRow(row: usize, classes: usize, weight: f64, factor: f64): void {
  const end = row + (classes << 3);
  let at = row;
  if (factor != Infinity) {
    const weights = f64x2.splat(weight),
      factors = f64x2.splat(factor);
    for (; weight != 1.0 && at + 16 <= end; at += 16)
      v128.store(at, f64x2.mul(f64x2.mul(v128.load(at), weights), factors));
    for (; at + 32 <= end; at += 32) {
      v128.store(at, f64x2.mul(v128.load(at), factors));
      v128.store(at, f64x2.mul(v128.load(at, 16), factors), 16);
    }
  }
  for (; at < end; at += 8) store<f64>(at, times(load<f64>(at) * weight, factor));
}

function ofTarget(batch: usize, row: usize, classes: usize, logits: usize, mask: usize, out: usize, factor: f64): f64 {
  const target: usize = load<u32>(batch + SCRATCH),
    existing = target + (classes << 3);
  for (let j: usize = 0; j < classes; j++) store<u8>(existing + j, exists(logits, mask, j) ? 1 : 0);
  fillTarget(batch, row, load<f64>(batch + PARAMETERS), existing, target);
  const heavy = heaviest(target, classes),
    others = sumExcept(target, classes, heavy);
  const sum = others + load<f64>(target + (heavy << 3)),
    logTotal = log1pLarge(rest);
  startSum();
  for (let j: usize = 0; j < classes; j++) {
    const t = load<f64>(target + (j << 3));
    if (t > 0.0) addToSum(t * negativeLogOf(j, logits, mask, logTotal));
  }
  const loss = endSum();
  if (load<u32>(batch + CROSS_ENTROPY) != 0)
    decompose(batch, row, classes, logits, mask, out, loss, heavy, others, sum);
  for (let j: usize = 0; j < classes; j++) {
    const t = load<f64>(target + (j << 3));
    const left = j == heavy ? others : sum - t;
    const v = left * load<f64>(out + (j << 3)) - t * othersOf(j, out);
    store<f64>(out + (j << 3), times(v, factor));
  }
  return loss;
}

function decompose(
  batch: usize,
  row: usize,
  classes: usize,
  logits: usize,
  mask: usize,
  out: usize,
  loss: f64,
  heavy: usize,
  others: f64,
  sum: f64,
): void {
  if (others == 0.0) return storeParts(batch, row, loss, 0.0, loss);
  const target: usize = load<u32>(batch + SCRATCH),
    logTotal = log1pLarge(rest);
  startSum();
  for (let j: usize = 0; j < classes; j++) {
    const u = load<f64>(target + (j << 3)) / sum;
    addToSum(divergenceTerm(u, load<f64>(out + (j << 3)) / total, negativeLogOf(j, logits, mask, logTotal)));
  }
  const divergence = sum * endSum();
  storeParts(batch, row, loss, entropyOf(target, classes, heavy, others, sum), divergence);
}

/** T·H(u). */
function entropyOf(target: usize, classes: usize, heavy: usize, others: f64, sum: f64): f64 {
  startSum();
  for (let j: usize = 0; j < classes; j++) {
    const t = load<f64>(target + (j << 3));
    addToSum(entropyTerm(t, j == heavy ? others : sum - t));
  }
  return endSum();
}

class OfProbabilities {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES),
      at = (row * classes) << 3;
    const given = <usize>load<u32>(batch + LOGITS) + at,
      out = <usize>load<u32>(batch + GRADIENTS) + at;
    const probabilities: usize = load<u32>(batch + PROBABILITIES);
    if (probabilities != 0) memory.copy(probabilities + at, given, classes << 3);
    const target: usize = load<u32>(batch + SCRATCH),
      existing = target + (classes << 3);
    memory.fill(existing, 1, classes);
    fillTarget(batch, row, load<f64>(batch + PARAMETERS), existing, target);
    startSum();
    for (let j: usize = 0; j < classes; j++) {
      const t = load<f64>(target + (j << 3)),
        p = load<f64>(given + (j << 3));
      if (t > 0.0) addToSum(t * -Math.log(p));
      store<f64>(out + (j << 3), t == 0.0 ? 0.0 : times(-t / p, scale));
    }
    const loss = endSum();
    if (load<u32>(batch + CROSS_ENTROPY) != 0) decomposeGiven(batch, row, classes, given, target, loss);
    return loss;
  }
}

function decomposeGiven(batch: usize, row: usize, classes: usize, given: usize, target: usize, loss: f64): void {
  const heavy = heaviest(target, classes),
    others = sumExcept(target, classes, heavy);
  const sum = others + load<f64>(target + (heavy << 3));
  if (others == 0.0) return storeParts(batch, row, loss, 0.0, loss);
  startSum();
  addToSum(-1.0);
  for (let j: usize = 0; j < classes; j++) addToSum(load<f64>(given + (j << 3)));
  const excess = endSum();
  startSum();
  // The terms hold Σp − 1 too much where the given probabilities do not sum to 1. Where they do to rounding, nothing is
  // taken off: then the divergence is never negative.
  if (Math.abs(excess) > SUM_ROUNDING) addToSum(-excess);
  for (let j: usize = 0; j < classes; j++) {
    const p = load<f64>(given + (j << 3));
    addToSum(divergenceTerm(load<f64>(target + (j << 3)) / sum, p, -Math.log(p)));
  }
  const divergence = sum * endSum();
  storeParts(batch, row, loss, entropyOf(target, classes, heavy, others, sum), divergence);
}

export function cross_entropy(batch: usize, from: usize, to: usize): void {
  const temperature = load<f64>(batch + PARAMETERS + 8);
  setTemperature(temperature);
  const plain = load<u32>(batch + DISTRIBUTIONS) == 0 && load<f64>(batch + PARAMETERS) == 0.0;
  const simple = plain && temperature == 1.0 && load<u32>(batch + CLASS_MASK) == 0;
  const paired = simple && <usize>load<u32>(batch + CLASSES) <= NARROW,
    short = simple && load<u32>(batch + FLOAT32) != 0;
  if (paired) narrow<TwoOfClass, OfLogits>(batch, from, to);
  else if (short) float32Rows<ShortOfClass, OfLogits>(batch, from, to);
  else rowwise<OfLogits>(batch, from, to);
}

export function cross_entropy_given_probabilities(batch: usize, from: usize, to: usize): void {
  rowwise<OfProbabilities>(batch, from, to);
}
