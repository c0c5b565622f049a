// The greatest and the least logit of a row.

/** Of the last row of findExtremes(), over the classes that exist in its mask. */
export let greatest: f64 = 0.0;
export let least: f64 = 0.0;

/** Finds them, without NaN among them; mask 0: all. */
export function findExtremes(logits: usize, mask: usize, classes: usize): void {
  const end = logits + (classes << 3);
  let at = logits;
  greatest = -Infinity;
  least = Infinity;
  if (mask == 0 && classes >= 8) {
    let high = v128.load(at),
      high2 = high,
      low = high,
      low2 = high;
    for (; at + 32 <= end; at += 32) {
      const left = v128.load(at),
        right = v128.load(at, 16);
      high = f64x2.pmax(high, left);
      high2 = f64x2.pmax(high2, right);
      low = f64x2.pmin(low, left);
      low2 = f64x2.pmin(low2, right);
    }
    high = f64x2.pmax(high, high2);
    low = f64x2.pmin(low, low2);
    greatest = Math.max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
    least = Math.min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  }
  for (; at < end; at += 8) {
    if (mask != 0 && load<u8>(mask + ((at - logits) >> 3)) == 0) continue;
    greatest = Math.max(greatest, load<f64>(at));
    least = Math.min(least, load<f64>(at));
  }
}

/** The first class that exists with that logit, which is there. */
export function findFirst(logits: usize, mask: usize, classes: usize, value: f64): usize {
  let j: usize = 0;
  if (mask == 0) {
    const values = f64x2.splat(value);
    for (; j + 8 <= classes; j += 8) {
      const at = logits + (j << 3);
      const left = v128.or(f64x2.eq(v128.load(at), values), f64x2.eq(v128.load(at, 16), values));
      const right = v128.or(f64x2.eq(v128.load(at, 32), values), f64x2.eq(v128.load(at, 48), values));
      if (v128.any_true(v128.or(left, right))) break;
    }
  }
  while (load<f64>(logits + (j << 3)) != value || (mask != 0 && load<u8>(mask + j) == 0)) j++;
  return j;
}
