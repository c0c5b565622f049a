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
