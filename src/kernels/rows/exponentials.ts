// e_j = exp((z_j − z_k)/τ) of a row, k its first argmax, and rest = Σ_{j≠k} e_j.
import { EXP_NORMAL, UPPER_MAX, exp2x, expConstant, expDifference2x, upperPart } from "../numerics/exp";
import { EXP_VANISHES, twoSumError } from "../numerics/numerics";
import { below, distance, isTemperatureOne } from "./temperature";

/** Elements whose exponentials are added in one tree before they join the row's compensated sum. */
const BLOCK: usize = 32;

/** Up to this width a row's exponentials are added in columns: even ones, odd ones. */
export const NARROW: usize = 16;

/** Whether exp of every distance of a row is a normal number, which expDifference2x has at τ = 1. */
// @ts-ignore: decorator
@inline
export function isOrdinary(greatest: f64, least: f64): bool {
  return Math.abs(greatest) <= UPPER_MAX && least - greatest >= EXP_NORMAL;
}

/** Stores e_j of a row without a mask at τ = 1 that is ordinary, and returns the rest. */
export function storeOrdinary(logits: usize, classes: usize, top: usize, greatest: f64, out: usize): f64 {
  const c0 = expConstant(0),
    c1 = expConstant(1),
    c2 = expConstant(2),
    c3 = expConstant(3);
  const c4 = expConstant(4),
    c5 = expConstant(5),
    c6 = expConstant(6);
  const head = upperPart(greatest),
    m = f64x2.splat(greatest),
    upper = f64x2.splat(head),
    lower = f64x2.splat(greatest - head);
  const last = out + (classes << 3);
  // A compensated sum of blocks: 50,000 roundings would otherwise cost more digits than the exponentials do.
  let sum = 0.0,
    lost = 0.0,
    at = logits,
    to = out;
  while (to < last) {
    const start = to,
      end = last - to < BLOCK << 3 ? last : to + (BLOCK << 3);
    let a = f64x2.splat(0.0),
      b = a;
    // Two independent chains keep the processor busy.
    for (; to + 32 <= end; at += 32, to += 32) {
      const z0 = v128.load(at),
        z1 = v128.load(at, 16);
      const e0 = expDifference2x(z0, f64x2.sub(z0, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
      const e1 = expDifference2x(z1, f64x2.sub(z1, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
      v128.store(to, e0);
      v128.store(to, e1, 16);
      a = f64x2.add(a, e0);
      b = f64x2.add(b, e1);
    }
    for (; to < end; at += 8, to += 8) {
      const z = v128.load64_splat(at);
      const e = expDifference2x(z, f64x2.sub(z, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
      v128.store64_lane(to, e, 0);
      a = f64x2.add(a, v128.shuffle<i64>(e, f64x2.splat(0.0), 0, 2));
    }
    const part =
      out + (top << 3) - start < end - start ? sumBlock(start, end, out + (top << 3)) : sumOfLanes(f64x2.add(a, b));
    const next = sum + part;
    lost += twoSumError(sum, part, next);
    sum = next;
  }
  return classes <= NARROW ? sumColumns(out, classes, top) : sum + lost;
}

/** Stores e_j (0 for a class that does not exist) of any row, and returns the rest. */
export function storeCarefully(logits: usize, mask: usize, classes: usize, top: usize, greatest: f64, out: usize): f64 {
  const c0 = expConstant(0),
    c1 = expConstant(1),
    c2 = expConstant(2),
    c3 = expConstant(3);
  const c4 = expConstant(4),
    c5 = expConstant(5),
    c6 = expConstant(6);
  const head = upperPart(greatest),
    m = f64x2.splat(greatest),
    upper = f64x2.splat(head),
    lower = f64x2.splat(greatest - head);
  const floor = f64x2.splat(EXP_NORMAL),
    exact = isTemperatureOne() && Math.abs(greatest) <= UPPER_MAX;
  for (let j: usize = 0; j < classes; j += 2) {
    const at = logits + (j << 3),
      single = j + 1 == classes;
    const z = single ? v128.load64_splat(at) : v128.load(at);
    let d = f64x2.sub(z, m),
      e: v128;
    if (exact) {
      const far = f64x2.lt(d, floor),
        near = v128.bitselect(m, z, far);
      e = expDifference2x(near, f64x2.sub(near, m), upper, lower, c0, c1, c2, c3, c4, c5, c6);
    } else {
      const d0 = distance(f64x2.extract_lane(z, 0), greatest),
        tail0 = below;
      const d1 = distance(f64x2.extract_lane(z, 1), greatest);
      d = f64x2.replace_lane(f64x2.splat(d0), 1, d1);
      e = exp2x(f64x2.pmax(d, floor), f64x2.replace_lane(f64x2.splat(tail0), 1, below), c0, c1, c2, c3, c4, c5, c6);
    }
    if (mask != 0 || v128.any_true(f64x2.lt(d, floor))) {
      const e0 = existing(mask, j) ? orTiny(f64x2.extract_lane(z, 0), greatest, f64x2.extract_lane(e, 0)) : 0.0;
      const e1 =
        !single && existing(mask, j + 1) ? orTiny(f64x2.extract_lane(z, 1), greatest, f64x2.extract_lane(e, 1)) : 0.0;
      e = f64x2.replace_lane(f64x2.splat(e0), 1, e1);
    }
    if (single) v128.store64_lane(out + (j << 3), e, 0);
    else v128.store(out + (j << 3), e);
  }
  return classes <= NARROW ? sumColumns(out, classes, top) : sumBlocks(out, classes, top);
}

// @ts-ignore: decorator
@inline
function existing(mask: usize, j: usize): bool {
  return mask == 0 || load<u8>(mask + j) != 0;
}

/** exp of the distance where that is no normal number, else e. */
function orTiny(z: f64, greatest: f64, e: f64): f64 {
  const d = distance(z, greatest);
  if (d >= EXP_NORMAL) return e;
  if (d < -EXP_VANISHES) return 0.0;
  const tiny = Math.exp(d);
  return tiny + tiny * below;
}

/** The rest of a wide row, by the blocks of storeOrdinary(). */
export function sumBlocks(values: usize, classes: usize, top: usize): f64 {
  const last = values + (classes << 3);
  let sum = 0.0,
    lost = 0.0;
  for (let at = values; at < last; at += BLOCK << 3) {
    const part = sumBlock(at, last - at < BLOCK << 3 ? last : at + (BLOCK << 3), values + (top << 3));
    const next = sum + part;
    lost += twoSumError(sum, part, next);
    sum = next;
  }
  return sum + lost;
}

/** The sum of a block without the number at `except`, by the tree of storeOrdinary(). */
function sumBlock(start: usize, end: usize, except: usize): f64 {
  const inside = except - start < end - start;
  if (inside) store<f64>(except, 0.0);
  let a = f64x2.splat(0.0),
    b = a,
    at = start;
  for (; at + 32 <= end; at += 32) {
    a = f64x2.add(a, v128.load(at));
    b = f64x2.add(b, v128.load(at, 16));
  }
  for (; at < end; at += 8) a = f64x2.add(a, v128.load64_zero(at));
  if (inside) store<f64>(except, 1.0);
  return sumOfLanes(f64x2.add(a, b));
}

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** The rest of a narrow row: even columns and odd ones, as two rows side by side add them. */
function sumColumns(values: usize, classes: usize, top: usize): f64 {
  let even = 0.0,
    odd = 0.0;
  for (let j: usize = 0; j < classes; j += 2) {
    if (j != top) even += load<f64>(values + (j << 3));
    if (j + 1 != top && j + 1 < classes) odd += load<f64>(values + (j << 3), 8);
  }
  return even + odd;
}
