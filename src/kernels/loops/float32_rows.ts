// Rows of float32 logits at τ = 1: doubles inside, but without what their last digits cost, because of the 53 bits 24
// stay. The loop takes a class of rowwise.ts for any row, and one with
//   row(batch: usize, row: usize, scale: f64): f64
// that returns the row's unweighted loss and stores its float32 gradient times scale, or returns NaN where it cannot.
import { DENOMINATOR, KEEP, LOSSES, SAMPLE_WEIGHTS } from "../batch";
import { gradientScale, weightOf } from "./elementwise";
import { EXP_NORMAL, expConstant, expShort2x } from "../numerics/exp";
import { sumBlocks } from "../rows/exponentials";
import { clearRow, rowwise } from "./rowwise";

/** Of the last row of storeShort(): Σ e_j without its first greatest logit, and that logit. */
export let shortRest: f64 = 0.0;
export let shortGreatest: f64 = 0.0;

/** Fills losses and gradients of the rows from…to−1. */
// @ts-ignore: decorator
@inline
export function float32Rows<Short, Any>(batch: usize, from: usize, to: usize): void {
  const kernel = changetype<Short>(0),
    losses: usize = load<u32>(batch + LOSSES);
  const keep: usize = load<u32>(batch + KEEP),
    weights: usize = load<u32>(batch + SAMPLE_WEIGHTS);
  for (let row = from; row < to; row++) {
    const weight = weightOf(keep, weights, row);
    let loss = 0.0;
    if (keep != 0 && load<u8>(keep + row) == 0) {
      clearRow(batch, row);
    } else {
      const raw = kernel.row(batch, row, gradientScale(weight, load<f64>(batch + DENOMINATOR)));
      if (isNaN(raw)) {
        rowwise<Any>(batch, row, row + 1);
        continue;
      }
      if (weight != 0.0) loss = raw * weight + 0.0;
    }
    store<f64>(losses + (row << 3), loss);
  }
}

// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

/**
 * Stores e_j of a row of float32 as doubles and sets shortGreatest and shortRest. False where an exponential would be
 * no normal number.
 */
export function storeShort(logits: usize, classes: usize, out: usize): bool {
  const end = logits + (classes << 2);
  let high = v128.load32_splat(logits),
    low = high,
    at = logits;
  for (; at + 16 <= end; at += 16) {
    const z = v128.load(at);
    high = f32x4.pmax(high, z);
    low = f32x4.pmin(low, z);
  }
  for (; at < end; at += 4) {
    const z = v128.load32_splat(at);
    high = f32x4.pmax(high, z);
    low = f32x4.pmin(low, z);
  }
  shortGreatest = <f64>(
    max(
      max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)),
      max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3)),
    )
  );
  const least = <f64>(
    min(
      min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)),
      min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)),
    )
  );
  if (least - shortGreatest < EXP_NORMAL) return false;
  const c0 = expConstant(0),
    c1 = expConstant(1),
    c2 = f64x2.add(expConstant(2), expConstant(3)),
    c4 = expConstant(4),
    c5 = expConstant(5);
  const m = f64x2.splat(shortGreatest);
  let to = out;
  for (at = logits; at + 16 <= end; at += 16, to += 32) {
    const z = v128.load(at);
    v128.store(to, expShort2x(f64x2.sub(f64x2.promote_low_f32x4(z), m), c0, c1, c2, c4, c5));
    v128.store(to, expShort2x(f64x2.sub(f64x2.promote_low_f32x4(upper(z)), m), c0, c1, c2, c4, c5), 16);
  }
  for (; at < end; at += 4, to += 8) {
    const z = f64x2.promote_low_f32x4(v128.load32_splat(at));
    v128.store64_lane(to, expShort2x(f64x2.sub(z, m), c0, c1, c2, c4, c5), 0);
  }
  shortRest = sumBlocks(out, classes, findTop(logits, classes, <f32>shortGreatest));
  return true;
}

function findTop(logits: usize, classes: usize, value: f32): usize {
  const values = f32x4.splat(value);
  let j: usize = 0;
  for (; j + 8 <= classes; j += 8) {
    const at = logits + (j << 2);
    if (v128.any_true(v128.or(f32x4.eq(v128.load(at), values), f32x4.eq(v128.load(at, 16), values)))) break;
  }
  while (load<f32>(logits + (j << 2)) != value) j++;
  return j;
}

/** out[j] (f32) = values[j]·factor. Nothing is below 0. */
export function storeProducts(values: usize, classes: usize, factor: f64, out: usize): void {
  const factors = f64x2.splat(factor),
    end = values + (classes << 3);
  for (; values + 32 <= end; values += 32, out += 16) {
    const low = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(values), factors));
    const high = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(values, 16), factors));
    v128.store(out, v128.shuffle<i64>(low, high, 0, 2));
  }
  for (; values < end; values += 8, out += 4) store<f32>(out, <f32>(load<f64>(values) * factor));
}
