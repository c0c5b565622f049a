// Whether the numbers of a tensor are all allowed: one quick pass. Which of them is not, the engine finds out
// otherwise.

/** Bytes after which a pass looks whether it can end: a branch for each vector would cost more than its comparisons. */
const PIECE: usize = 4096;

/** Whether low ≤ values[i] ≤ high for each of values[0…count−1]. NaN is in no range. */
export function all_between(values: usize, count: usize, low: f64, high: f64): bool {
  const l = f64x2.splat(low),
    h = f64x2.splat(high);
  const end = values + (count << 3),
    whole = values + ((count & ~3) << 3);
  let at = values;
  while (at < whole) {
    const stop = min(whole, at + PIECE);
    let holds = f64x2.eq(l, l),
      holds2 = holds;
    for (; at < stop; at += 32) {
      const a = v128.load(at),
        b = v128.load(at, 16);
      holds = v128.and(holds, v128.and(f64x2.ge(a, l), f64x2.le(a, h)));
      holds2 = v128.and(holds2, v128.and(f64x2.ge(b, l), f64x2.le(b, h)));
    }
    if (!i64x2.all_true(v128.and(holds, holds2))) return false;
  }
  for (; at < end; at += 8) if (!(load<f64>(at) >= low && load<f64>(at) <= high)) return false;
  return true;
}

/** The same of f32 numbers. */
export function all_between_float32(values: usize, count: usize, low: f32, high: f32): bool {
  const l = f32x4.splat(low),
    h = f32x4.splat(high);
  const end = values + (count << 2),
    whole = values + ((count & ~7) << 2);
  let at = values;
  while (at < whole) {
    const stop = min(whole, at + PIECE);
    let holds = f32x4.eq(l, l),
      holds2 = holds;
    for (; at < stop; at += 32) {
      const a = v128.load(at),
        b = v128.load(at, 16);
      holds = v128.and(holds, v128.and(f32x4.ge(a, l), f32x4.le(a, h)));
      holds2 = v128.and(holds2, v128.and(f32x4.ge(b, l), f32x4.le(b, h)));
    }
    if (!i32x4.all_true(v128.and(holds, holds2))) return false;
  }
  for (; at < end; at += 4) if (!(load<f32>(at) >= low && load<f32>(at) <= high)) return false;
  return true;
}

/** Whether each of rows × classes f64 numbers is in [0, 1], and each row sums to 1 within `tolerance`. */
export function all_distributions(values: usize, rows: usize, classes: usize, tolerance: f64): bool {
  if (!all_between(values, rows * classes, 0.0, 1.0)) return false;
  for (let row: usize = 0; row < rows; row++) {
    const end = values + (classes << 3);
    let sum = 0.0,
      other = 0.0;
    for (; values + 16 <= end; values += 16) {
      sum += load<f64>(values);
      other += load<f64>(values, 8);
    }
    if (values < end) sum += load<f64>(values);
    values = end;
    if (!(Math.abs(sum + other - 1.0) <= tolerance)) return false;
  }
  return true;
}

/**
 * Whether each of values[0…count−1] (f64) is finite and not closer to 0 than `least`; with `zeros` 0 itself is let
 * pass.
 */
export function all_apart(values: usize, count: usize, least: f64, zeros: bool): bool {
  const low = f64x2.splat(least),
    high = f64x2.splat(f64.MAX_VALUE),
    lowest = f64x2.splat(zeros ? 0.0 : -1.0);
  const end = values + (count << 3),
    whole = values + ((count & ~1) << 3);
  let at = values;
  while (at < whole) {
    const stop = min(whole, at + PIECE);
    let holds = f64x2.eq(low, low);
    for (; at < stop; at += 16) {
      const size = f64x2.abs(v128.load(at));
      const apart = v128.or(f64x2.ge(size, low), f64x2.eq(size, lowest));
      holds = v128.and(holds, v128.and(apart, f64x2.le(size, high)));
    }
    if (!i64x2.all_true(holds)) return false;
  }
  if (at == end) return true;
  const size = Math.abs(load<f64>(at));
  return (size >= least && size < Infinity) || (zeros && size == 0.0);
}

/** Whether each of values[0…count−1] (f32) is finite and not 0. */
export function all_apart_float32(values: usize, count: usize): bool {
  if (!all_between_float32(values, count, -f32.MAX_VALUE, f32.MAX_VALUE)) return false;
  const end = values + (count << 2),
    whole = values + ((count & ~3) << 2);
  let at = values;
  for (; at < whole; at += 16) if (v128.any_true(f32x4.eq(v128.load(at), f32x4.splat(0.0)))) return false;
  for (; at < end; at += 4) if (load<f32>(at) == 0.0) return false;
  return true;
}
