// One row of a softmax, with every digit: exponentials against the first greatest logit, and what follows from them.
// Notation: k the first argmax, d_j = (z_j − z_k)/τ, e_j = exp(d_j), rest = Σ_{j≠k} e_j, total = 1 + rest.
import { EXP_NORMAL, exp2x, expConstant } from "./exp";
import { EXP_VANISHES, twoProductError, twoSumError, twoSumErrors } from "./numerics";

/** The last row's k, rest and total. Module state: a worker computes one row at a time. */
export let top: usize = 0;
export let rest: f64 = 0.0;
export let total: f64 = 0.0;

// τ = mantissa · 2^x: dividing by 2^x is exact, in two factors, because one may not be a double.
let mantissa: f64 = 1.0;
let power1: f64 = 1.0;
let power2: f64 = 1.0;

/** The part of d_j below its last bit, of the last call of distance(). */
export let below: f64 = 0.0;

/** Sets τ for the rows that follow. */
export function setTemperature(temperature: f64): void {
  let m = temperature, x = 0;
  while (m >= 2.0) { m *= 0.5; x++; }
  while (m < 1.0) { m *= 2.0; x--; }
  mantissa = m;
  const half = x / 2;
  power1 = powerOfTwo(-half);
  power2 = powerOfTwo(half - x);
}

function powerOfTwo(x: i32): f64 {
  return reinterpret<f64>(<u64>(1023 + x) << 52);
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
  if (difference < -1e300) return difference * power1 * power2 / mantissa;
  const error = twoSumError(z, -greatest, difference);
  if (mantissa == 1.0) {
    below = error * power1 * power2;
    return difference * power1 * power2;
  }
  const scaled = difference * power1 * power2;
  const d = scaled / mantissa;
  if (d > -1e4) {
    const product = d * mantissa;
    below = ((scaled - product) - twoProductError(d, mantissa, product) + error * power1 * power2) / mantissa;
  }
  return d;
}

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

/** Elements whose exponentials are added in one tree before they join the row's compensated sum. */
const BLOCK: usize = 32;

/** Stores e_j (0 for a class that does not exist) and sets top, rest and total. At least one class exists. */
export function exponentials(logits: usize, mask: usize, classes: usize, out: usize): void {
  top = findTop(logits, mask, classes);
  const greatest = load<f64>(logits + (top << 3));
  // A compensated sum of blocks: 50,000 roundings would otherwise cost more digits than the exponentials do.
  let sum = 0.0, lost = 0.0;
  for (let j: usize = 0; j < classes; j += BLOCK) {
    const count = classes - j < BLOCK ? classes - j : BLOCK;
    storeExponentials(logits + (j << 3), mask == 0 ? 0 : mask + j, count, greatest, out + (j << 3));
    const inside = top - j < count;
    if (inside) store<f64>(out + (top << 3), 0.0);
    const part = sumBlock(out + (j << 3), count);
    if (inside) store<f64>(out + (top << 3), 1.0);
    const next = sum + part;
    lost += twoSumError(sum, part, next);
    sum = next;
  }
  rest = sum + lost;
  total = 1.0 + rest;
}

/** The first greatest logit of the classes that exist. */
function findTop(logits: usize, mask: usize, classes: usize): usize {
  if (mask == 0 && classes >= 8) {
    const greatest = findGreatest(logits, classes);
    let k: usize = 0;
    while (load<f64>(logits + (k << 3)) != greatest) k++;
    return k;
  }
  let k: usize = 0;
  let greatest = -Infinity;
  for (let j: usize = 0; j < classes; j++) {
    const z = load<f64>(logits + (j << 3));
    if (z > greatest && (mask == 0 || load<u8>(mask + j) != 0)) {
      greatest = z;
      k = j;
    }
  }
  return k;
}

function findGreatest(logits: usize, classes: usize): f64 {
  const end = logits + (classes << 3);
  let a = v128.load(logits), b = a, at = logits;
  for (; at + 32 <= end; at += 32) {
    a = f64x2.pmax(a, v128.load(at));
    b = f64x2.pmax(b, v128.load(at, 16));
  }
  a = f64x2.pmax(a, b);
  let greatest = Math.max(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1));
  for (; at < end; at += 8) greatest = Math.max(greatest, load<f64>(at));
  return greatest;
}

function storeExponentials(logits: usize, mask: usize, count: usize, greatest: f64, out: usize): void {
  const c0 = expConstant(0), c1 = expConstant(1), c2 = expConstant(2), c3 = expConstant(3);
  const c4 = expConstant(4), c5 = expConstant(5), c6 = expConstant(6), c7 = expConstant(7);
  const negated = f64x2.splat(-greatest), floor = f64x2.splat(EXP_NORMAL);
  const plain = mask == 0 && mantissa == 1.0 && power1 == 1.0 && power2 == 1.0;
  let j: usize = 0;
  // Four at a time where nothing is special: two independent chains keep the processor busy.
  for (; plain && j + 4 <= count; j += 4) {
    const z0 = v128.load(logits + (j << 3)), z1 = v128.load(logits + (j << 3), 16);
    const d0 = f64x2.add(z0, negated), d1 = f64x2.add(z1, negated);
    if (v128.any_true(v128.or(f64x2.lt(d0, floor), f64x2.lt(d1, floor)))) break;
    v128.store(out + (j << 3), exp2x(d0, twoSumErrors(z0, negated, d0), c0, c1, c2, c3, c4, c5, c6, c7));
    v128.store(out + (j << 3), exp2x(d1, twoSumErrors(z1, negated, d1), c0, c1, c2, c3, c4, c5, c6, c7), 16);
  }
  for (; j < count; j += 2) {
    const at = logits + (j << 3);
    const single = j + 1 == count;
    const z = single ? v128.load64_splat(at) : v128.load(at);
    const d0 = distance(f64x2.extract_lane(z, 0), greatest), tail0 = below;
    const d1 = distance(f64x2.extract_lane(z, 1), greatest);
    const d = f64x2.replace_lane(f64x2.splat(d0), 1, d1), tail = f64x2.replace_lane(f64x2.splat(tail0), 1, below);
    const e = exp2x(f64x2.pmax(d, floor), tail, c0, c1, c2, c3, c4, c5, c6, c7);
    const masked0 = mask != 0 && load<u8>(mask + j) == 0;
    store<f64>(out + (j << 3), masked0 ? 0.0 : orTiny(d0, tail0, f64x2.extract_lane(e, 0)));
    if (single) return;
    const masked1 = mask != 0 && load<u8>(mask + j + 1) == 0;
    store<f64>(out + (j << 3), masked1 ? 0.0 : orTiny(d1, below, f64x2.extract_lane(e, 1)), 8);
  }
}

/** exp(d + tail) where that is no normal number, else e. */
function orTiny(d: f64, tail: f64, e: f64): f64 {
  if (d >= EXP_NORMAL) return e;
  if (d < -EXP_VANISHES) return 0.0;
  const tiny = Math.exp(d);
  return tiny + tiny * tail;
}

/** The sum of up to BLOCK numbers by one fixed tree: four pairs side by side. */
function sumBlock(values: usize, count: usize): f64 {
  let a = f64x2.splat(0.0), b = a, c = a, d = a;
  let j: usize = 0;
  for (; j + 8 <= count; j += 8) {
    const at = values + (j << 3);
    a = f64x2.add(a, v128.load(at));
    b = f64x2.add(b, v128.load(at, 16));
    c = f64x2.add(c, v128.load(at, 32));
    d = f64x2.add(d, v128.load(at, 48));
  }
  for (; j + 2 <= count; j += 2) a = f64x2.add(a, v128.load(values + (j << 3)));
  if (j < count) b = f64x2.add(b, v128.load64_zero(values + (j << 3)));
  const pairs = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}
