// One row of two distributions, of which the divergences are made: the student's p = softmax(z/τ) and the target's P,
// which is a row of labels or softmax(a/τ) of a teacher's logits a. A class that does not exist has no share in either
// softmax.
import { CLASSES, GRADIENTS, LABELS, LABEL_LOGITS, LOGITS, PARAMETERS, PROBABILITIES, SCRATCH } from "../batch";
import { phi } from "./decomposition";
import { log1pLarge } from "../numerics/log";
import { below, distance, exists, exponentials, negativeLog, rest, top, total } from "./softmax";
import { heaviest, maskOf, sumExcept } from "./target";

/** Below this a probability has lost digits, or is about to, and its logarithm takes over. */
export const NORMAL: f64 = 1e-290;
/** 2^300: its square brings what has vanished back among the normal numbers. */
const LIFT: f64 = 2.037035976334486e90;

/** The last row's number of classes, and where its gradient goes; until then the student's exponentials lie there. */
export let classes: usize = 0;
export let gradient: usize = 0;
let logits: usize = 0;
let mask: usize = 0;
let logTotal: f64 = 0.0;

/** What the row's target sums to: 1 up to 0.001 for labels, exactly 1 for a teacher. P is the target over its mass. */
export let mass: f64 = 0.0;
// The target's shares t_j, P_j = t_j/shareSum; the heaviest of them, and the sum of the others.
let shares: usize = 0;
let shareSum: f64 = 0.0;
export let heavy: usize = 0;
export let othersOfHeavy: f64 = 0.0;
/** The row of a teacher's logits; 0 where the target is a row of labels. */
export let teacher: usize = 0;
let teacherLogTotal: f64 = 0.0;

/** Reads a row of both, and stores the student's probabilities where they are wanted. */
export function readRow(batch: usize, row: usize): void {
  classes = load<u32>(batch + CLASSES);
  const at = (row * classes) << 3;
  logits = <usize>load<u32>(batch + LOGITS) + at;
  gradient = <usize>load<u32>(batch + GRADIENTS) + at;
  mask = maskOf(batch, row);
  shares = load<u32>(batch + SCRATCH);
  // The target first: the student's softmax is what the module state of the softmax then belongs to.
  if (load<u32>(batch + LABEL_LOGITS) != 0) readTeacher(<usize>load<u32>(batch + LABEL_LOGITS) + at);
  else readLabels(<usize>load<u32>(batch + LABELS) + at);
  exponentials(logits, mask, classes, gradient);
  logTotal = log1pLarge(rest);
  const probabilities: usize = load<u32>(batch + PROBABILITIES);
  if (probabilities == 0) return;
  for (let j: usize = 0; j < classes; j++) store<f64>(probabilities + at + (j << 3), student(j));
}

function readTeacher(row: usize): void {
  teacher = row;
  exponentials(teacher, mask, classes, shares);
  teacherLogTotal = log1pLarge(rest);
  heavy = top;
  othersOfHeavy = rest;
  shareSum = total;
  mass = 1.0;
}

function readLabels(row: usize): void {
  teacher = 0;
  memory.copy(shares, row, classes << 3);
  heavy = heaviest(shares, classes);
  othersOfHeavy = sumExcept(shares, classes, heavy);
  shareSum = othersOfHeavy + load<f64>(shares + (heavy << 3));
  mass = shareSum;
}

// @ts-ignore: decorator
@inline
function power(j: usize): f64 {
  return load<f64>(gradient + (j << 3));
}

// @ts-ignore: decorator
@inline
function share(j: usize): f64 {
  return load<f64>(shares + (j << 3));
}

// The sums over the other classes, without cancellation at the greatest.
// @ts-ignore: decorator
@inline
function otherPowers(j: usize): f64 {
  return j == top ? rest : total - power(j);
}

// @ts-ignore: decorator
@inline
function otherShares(j: usize): f64 {
  return j == heavy ? othersOfHeavy : shareSum - share(j);
}

/** p_j, until the row's gradient is stored there. */
// @ts-ignore: decorator
@inline
export function student(j: usize): f64 {
  return power(j) / total;
}

/** P_j. */
// @ts-ignore: decorator
@inline
export function target(j: usize): f64 {
  return share(j) / shareSum;
}

/** p_j − P_j as p_j·(1−P_j) − P_j·(1−p_j): where both are close to 1, their difference keeps its digits. */
export function difference(j: usize): f64 {
  return (otherShares(j) * power(j) - share(j) * otherPowers(j)) / shareSum / total;
}

/** −log p_j; Infinity for a class that does not exist. */
export function studentLog(j: usize): f64 {
  if (!exists(logits, mask, j)) return Infinity;
  return negativeLog(load<f64>(logits + (j << 3)), load<f64>(logits + (top << 3)), logTotal);
}

/** −log P_j, from the logits where there are any: P_j itself may have vanished. */
export function targetLog(j: usize): f64 {
  if (teacher != 0) {
    if (!exists(teacher, mask, j)) return Infinity;
    return negativeLog(load<f64>(teacher + (j << 3)), load<f64>(teacher + (heavy << 3)), teacherLogTotal);
  }
  const t = share(j),
    ratio = otherShares(j) / t;
  if (t == 0.0) return Infinity;
  return ratio == Infinity ? Math.log(shareSum) - Math.log(t) : Math.log1p(ratio);
}

// Where p_j or P_j has vanished it is taken times 2^600, a normal number, from the square root of its exponential.

/** p_j·2^600. */
function magnifiedStudent(j: usize): f64 {
  return magnified(logits, top, total, j);
}

/** P_j·2^600. */
function magnifiedTarget(j: usize): f64 {
  return teacher == 0 ? target(j) * LIFT * LIFT : magnified(teacher, heavy, shareSum, j);
}

function magnified(row: usize, greatest: usize, sum: f64, j: usize): f64 {
  if (!exists(row, mask, j)) return 0.0;
  const root = rootOf(row, greatest, j) * LIFT;
  return (root * root) / sum;
}

/** exp(d_j/2). */
function rootOf(row: usize, greatest: usize, j: usize): f64 {
  const d = distance(load<f64>(row + (j << 3)), load<f64>(row + (greatest << 3)));
  return Math.exp(0.5 * d) * (1.0 + 0.5 * below);
}

/** p_j·x: a large x may bring the product back among the doubles. */
export function studentTimes(j: usize, x: f64): f64 {
  const p = student(j);
  return p > NORMAL ? p * x : vanishedTimes(logits, top, total, j, x);
}

/** P_j·x of a teacher. */
export function targetTimes(j: usize, x: f64): f64 {
  const u = target(j);
  return u > NORMAL ? u * x : vanishedTimes(teacher, heavy, shareSum, j, x);
}

function vanishedTimes(row: usize, greatest: usize, sum: f64, j: usize, x: f64): f64 {
  if (x == 0.0 || !exists(row, mask, j)) return 0.0;
  if (!isFinite(x)) return x;
  const root = rootOf(row, greatest, j);
  return (root * x * root) / sum;
}

/** log(p_j/M_j) with M = w·P + (1−w)·p; 0 for a class that the student does not have. */
export function studentOverMixture(j: usize, w: f64): f64 {
  const p = student(j),
    u = target(j),
    mixed = w < 1.0;
  if (p > NORMAL && (u > NORMAL || mixed)) return logOverMixture(p, u, difference(j), 1.0 - w, w);
  const large = magnifiedStudent(j),
    other = magnifiedTarget(j);
  if (p <= NORMAL && large > NORMAL && (other > NORMAL || mixed))
    return logOverMixture(large, other, large - other, 1.0 - w, w);
  const own = studentLog(j);
  // A mixture's logarithm is needed times p_j only, which is 0 by now.
  return own == Infinity || mixed ? 0.0 : targetLog(j) - own;
}

/** log(P_j/M_j) with M = w·P + (1−w)·p, w below 1; 0 where P_j is too small for its product with it to be a number. */
export function targetOverMixture(j: usize, w: f64): f64 {
  const u = target(j);
  if (u > NORMAL) return logOverMixture(u, student(j), -difference(j), w, 1.0 - w);
  const large = magnifiedTarget(j),
    other = magnifiedStudent(j);
  return large > NORMAL ? logOverMixture(large, other, large - other, w, 1.0 - w) : 0.0;
}

/**
 * log(u/m) for a mixture m of a share of u and the rest of v, from `apart` = u − v: nothing is lost where they are
 * close. Both shares are given, because one of them may be next to 0.
 */
function logOverMixture(u: f64, v: f64, apart: f64, ofU: f64, ofV: f64): f64 {
  const x = (ofV * apart) / u;
  if (x == -Infinity) return Math.log(u) - Math.log(ofV * v);
  return x <= 0.5 ? -Math.log1p(-x) : -Math.log(ofU + (ofV * v) / u);
}

/** u·δ − u + v with δ = log(u/v), from the product u·δ: ≥ 0, and near u = v it keeps its digits. */
export function part(product: f64, u: f64, v: f64, delta: f64): f64 {
  // Among subnormal numbers the product alone may be a unit off, which is all that there is.
  return Math.abs(delta) < 0.5 && (u != 0.0 || product != 0.0)
    ? product * delta * phi(-delta)
    : Math.max(product - u + v, 0.0);
}

// Parameters that every divergence has first: temperature, scale_by_temperature_squared.

/** The loss, times τ² where that is asked for: by one τ after the other, so that 0 stays 0 where τ² is infinite. */
export function scaledLoss(batch: usize, loss: f64): f64 {
  const temperature = load<f64>(batch + PARAMETERS);
  return load<f64>(batch + PARAMETERS + 8) == 0.0 ? loss : loss * temperature * temperature;
}

/** What multiplies the derivative by z/τ: scale/τ, or scale·τ. */
export function slopeFactor(batch: usize, scale: f64): f64 {
  const temperature = load<f64>(batch + PARAMETERS);
  return load<f64>(batch + PARAMETERS + 8) == 0.0 ? scale / temperature : scale * temperature;
}
