import { CLASSES, CLASS_MASK, CLASS_WEIGHTS, CROSS_ENTROPY, DISTRIBUTIONS, ENTROPY, FLOAT32, GRADIENTS, KL_DIVERGENCE, LABELS, LOGITS, PARAMETERS, PROBABILITIES, SCRATCH } from "../../kernels/batch";
import { addToSum, divergenceTerm, endSum, entropyTerm, startSum } from "../../kernels/decomposition";
import { areOrdinary, greatestOfTwo, loadLanes, storeColumns, storeLanes } from "../../kernels/columns";
import { NARROW } from "../../kernels/exponentials";
import { log1pLarge, log1pLarge2x } from "../../kernels/log";
import { narrow, take } from "../../kernels/narrow";
import { twoSumErrors } from "../../kernels/numerics";
import { pairOf } from "../../kernels/pairwise";
import { rowwise } from "../../kernels/rowwise";
import { exists, exponentials, negativeLog, rest, setTemperature, top, total } from "../../kernels/softmax";
import { classWeight, fillTarget, heaviest, maskOf, sumExcept } from "../../kernels/target";

// Parameters: label_smoothing, temperature. The target is t, its sum T; −log p_j is nl_j, 1 − p_j is q_j.

/** 2⁻⁴⁸: how far the sum of a row of rounded probabilities may be off. */
const SUM_ROUNDING: f64 = 3.552713678800501e-15;

/** 0 stays 0 whatever multiplies it. */
// @ts-ignore: decorator
@inline
function times(v: f64, factor: f64): f64 {
  return v == 0.0 || factor == 0.0 ? 0.0 : v * factor + 0.0;
}

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES), at = (row * classes) << 3;
    const logits = <usize>load<u32>(batch + LOGITS) + at, out = <usize>load<u32>(batch + GRADIENTS) + at;
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
    return plain ? ofClass(batch, row, classes, logits, mask, out, factor) : ofTarget(batch, row, classes, logits, mask, out, factor);
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

class TwoOfClass {
  // @ts-ignore: decorator
  @inline
  rows(batch: usize, a: usize, b: usize, scales: v128): bool {
    return load<u32>(batch + FLOAT32) != 0 ? twoOfClass<f32>(batch, a, b, scales) : twoOfClass<f64>(batch, a, b, scales);
  }
}

const ONE: usize = memory.data<f64>([1.0, Infinity], 16);

/** A class index, which is a whole number at least 0: adding 2⁵² leaves it in the low bits. */
// @ts-ignore: decorator
@inline
function classOf(batch: usize, row: usize): usize {
  return <usize>reinterpret<u64>(load<f64>(<usize>load<u32>(batch + LABELS) + (row << 3)) + 4503599627370496.0);
}

/** ofClass() of two narrow rows of T, a lane each. */
function twoOfClass<T>(batch: usize, a: usize, b: usize, scales: v128): bool {
  const classes: usize = load<u32>(batch + CLASSES), width = classes * sizeof<T>(), scratch: usize = load<u32>(batch + SCRATCH);
  const logits: usize = load<u32>(batch + LOGITS), left = logits + a * width, right = logits + b * width;
  const m = greatestOfTwo<T>(left, right, classes);
  if (!areOrdinary(m)) return false;
  const rests = storeColumns<T>(left, right, classes, m, scratch), one = v128.load64_splat(ONE), totals = f64x2.add(one, rests);
  const factors = f64x2.div(scales, totals);
  if (v128.any_true(f64x2.eq(factors, v128.load64_splat(ONE, 8)))) return false;
  const step = (b - a) * width, probabilities: usize = load<u32>(batch + PROBABILITIES);
  for (let j: usize = 0, at = probabilities + a * width; probabilities != 0 && j < classes; j++, at += sizeof<T>()) {
    storeLanes<T>(at, at + step, f64x2.div(v128.load(scratch + (j << 4)), totals));
  }
  const y0 = classOf(batch, a), y1 = classOf(batch, b);
  const z = loadLanes<T>(left + y0 * sizeof<T>(), right + y1 * sizeof<T>()), down = f64x2.neg(m), d = f64x2.add(z, down);
  let losses = f64x2.add(f64x2.sub(f64x2.neg(d), twoSumErrors(z, down, d)), log1pLarge2x(rests));
  const e = loadLanes<f64>(scratch + (y0 << 4), scratch + (y1 << 4) + 8);
  let others = v128.bitselect(rests, f64x2.sub(totals, e), f64x2.eq(e, one));
  if (load<u32>(batch + CLASS_WEIGHTS) != 0) {
    const weights = pairOf(classWeight(batch, y0), classWeight(batch, y1));
    losses = f64x2.mul(weights, losses);
    others = f64x2.mul(weights, others);
    for (let j: usize = 0; j < classes; j++) v128.store(scratch + (j << 4), f64x2.mul(v128.load(scratch + (j << 4)), weights));
  }
  take(losses);
  const to = <usize>load<u32>(batch + GRADIENTS) + a * width;
  for (let j: usize = 0, at = to; j < classes; j++, at += sizeof<T>()) storeLanes<T>(at, at + step, f64x2.mul(v128.load(scratch + (j << 4)), factors));
  const own = f64x2.mul(others, factors);
  storeOwn<T>(to + y0 * sizeof<T>(), f64x2.extract_lane(own, 0));
  storeOwn<T>(to + step + y1 * sizeof<T>(), f64x2.extract_lane(own, 1));
  storeParts(batch, a, f64x2.extract_lane(losses, 0), 0.0, f64x2.extract_lane(losses, 0));
  storeParts(batch, b, f64x2.extract_lane(losses, 1), 0.0, f64x2.extract_lane(losses, 1));
  return true;
}

/** −v, 0 where that is −0. */
// @ts-ignore: decorator
@inline
function storeOwn<T>(at: usize, v: f64): void {
  if (sizeof<T>() == 4) store<f32>(at, -<f32>v + <f32>0.0);
  else store<f64>(at, -v + 0.0);
}

/** row[j]·weight·factor, four at a time: the weight in a pass of its own, because it is 1 most often. */
function scaleRow(row: usize, classes: usize, weight: f64, factor: f64): void {
  const end = row + (classes << 3);
  let at = row;
  if (factor != Infinity) {
    const weights = f64x2.splat(weight), factors = f64x2.splat(factor);
    for (; weight != 1.0 && at + 16 <= end; at += 16) v128.store(at, f64x2.mul(f64x2.mul(v128.load(at), weights), factors));
    for (; at + 32 <= end; at += 32) {
      v128.store(at, f64x2.mul(v128.load(at), factors));
      v128.store(at, f64x2.mul(v128.load(at, 16), factors), 16);
    }
  }
  for (; at < end; at += 8) store<f64>(at, times(load<f64>(at) * weight, factor));
}

function ofTarget(batch: usize, row: usize, classes: usize, logits: usize, mask: usize, out: usize, factor: f64): f64 {
  const target: usize = load<u32>(batch + SCRATCH), existing = target + (classes << 3);
  for (let j: usize = 0; j < classes; j++) store<u8>(existing + j, exists(logits, mask, j) ? 1 : 0);
  fillTarget(batch, row, load<f64>(batch + PARAMETERS), existing, target);
  const heavy = heaviest(target, classes), others = sumExcept(target, classes, heavy);
  const sum = others + load<f64>(target + (heavy << 3)), logTotal = log1pLarge(rest);
  startSum();
  for (let j: usize = 0; j < classes; j++) {
    const t = load<f64>(target + (j << 3));
    if (t > 0.0) addToSum(t * negativeLogOf(j, logits, mask, logTotal));
  }
  const loss = endSum();
  if (load<u32>(batch + CROSS_ENTROPY) != 0) decompose(batch, row, classes, logits, mask, out, loss, heavy, others, sum);
  for (let j: usize = 0; j < classes; j++) {
    const t = load<f64>(target + (j << 3));
    const left = j == heavy ? others : sum - t;
    const v = left * load<f64>(out + (j << 3)) - t * othersOf(j, out);
    store<f64>(out + (j << 3), times(v, factor));
  }
  return loss;
}

function decompose(batch: usize, row: usize, classes: usize, logits: usize, mask: usize, out: usize, loss: f64, heavy: usize, others: f64, sum: f64): void {
  if (others == 0.0) return storeParts(batch, row, loss, 0.0, loss);
  const target: usize = load<u32>(batch + SCRATCH), logTotal = log1pLarge(rest);
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

function storeParts(batch: usize, row: usize, crossEntropy: f64, entropy: f64, divergence: f64): void {
  if (load<u32>(batch + CROSS_ENTROPY) == 0) return;
  store<f64>(<usize>load<u32>(batch + CROSS_ENTROPY) + (row << 3), crossEntropy + 0.0);
  store<f64>(<usize>load<u32>(batch + ENTROPY) + (row << 3), entropy + 0.0);
  store<f64>(<usize>load<u32>(batch + KL_DIVERGENCE) + (row << 3), divergence + 0.0);
}

class OfProbabilities {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES), at = (row * classes) << 3;
    const given = <usize>load<u32>(batch + LOGITS) + at, out = <usize>load<u32>(batch + GRADIENTS) + at;
    const probabilities: usize = load<u32>(batch + PROBABILITIES);
    if (probabilities != 0) memory.copy(probabilities + at, given, classes << 3);
    const target: usize = load<u32>(batch + SCRATCH), existing = target + (classes << 3);
    memory.fill(existing, 1, classes);
    fillTarget(batch, row, load<f64>(batch + PARAMETERS), existing, target);
    startSum();
    for (let j: usize = 0; j < classes; j++) {
      const t = load<f64>(target + (j << 3)), p = load<f64>(given + (j << 3));
      if (t > 0.0) addToSum(t * -Math.log(p));
      store<f64>(out + (j << 3), t == 0.0 ? 0.0 : times(-t / p, scale));
    }
    const loss = endSum();
    if (load<u32>(batch + CROSS_ENTROPY) != 0) decomposeGiven(batch, row, classes, given, target, loss);
    return loss;
  }
}

function decomposeGiven(batch: usize, row: usize, classes: usize, given: usize, target: usize, loss: f64): void {
  const heavy = heaviest(target, classes), others = sumExcept(target, classes, heavy);
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
  const paired = plain && temperature == 1.0 && load<u32>(batch + CLASS_MASK) == 0 && <usize>load<u32>(batch + CLASSES) <= NARROW;
  if (paired) narrow<TwoOfClass, OfLogits>(batch, from, to);
  else rowwise<OfLogits>(batch, from, to);
}

export function cross_entropy_given_probabilities(batch: usize, from: usize, to: usize): void {
  rowwise<OfProbabilities>(batch, from, to);
}
