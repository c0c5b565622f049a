// Where the rows of a tensor's text start, by brackets and commas alone: what is between them is not looked at. A text
// that is no tensor gives places that are no rows, and whoever reads them finds that out.
import { SEEK_CUT, SEEK_DONE, SEEK_END, SEEK_POSITION, SEEK_ROW, SEEK_ROWS, SEEK_TARGET } from "./layout";

const COMMAS: usize = memory.data<u64>([0x2c2c2c2c2c2c2c2c, 0x2c2c2c2c2c2c2c2c], 16);
const OPENS: usize = memory.data<u64>([0x5b5b5b5b5b5b5b5b, 0x5b5b5b5b5b5b5b5b], 16);
const CLOSES: usize = memory.data<u64>([0x5d5d5d5d5d5d5d5d, 0x5d5d5d5d5d5d5d5d], 16);

/** One bit for each of 64 bytes that is the pattern's. */
// @ts-ignore: decorator
@inline
function matches(p: usize, pattern: usize): u64 {
  const wanted = v128.load(pattern);
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(p), wanted)) | (<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 16), wanted)) << 16);
  const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(p, 32), wanted)) | (<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 48), wanted)) << 16);
  return <u64>low | (<u64>high << 32);
}

/**
 * Goes on to the first row that starts at SEEK_TARGET or later, and counts those before it; SEEK_POSITION is then where it
 * starts, or behind the bracket that closes the tensor. Reads up to 64 bytes behind SEEK_END.
 */
export function seek_row(record: usize): u32 {
  const end: usize = load<u32>(record, SEEK_END), target: usize = load<u32>(record, SEEK_TARGET);
  let p: usize = load<u32>(record, SEEK_POSITION), rows = load<u32>(record, SEEK_ROWS);
  let depth: i32 = 1, result: u32 = p >= target ? SEEK_ROW : SEEK_CUT;
  for (; p < end && result == SEEK_CUT; p += 64) {
    const opens = matches(p, OPENS), brackets = opens | matches(p, CLOSES);
    // Deeper down commas part numbers, and not rows.
    if (depth > 1 && brackets == 0) continue;
    const commas = matches(p, COMMAS);
    let left: u64 = -1;
    if (brackets == 0 && p + 64 < min(target, end)) {
      rows += <u32>popcnt(commas);
      continue;
    }
    for (;;) {
      const next = (depth > 1 ? brackets : brackets | commas) & left;
      if (next == 0) break;
      const bit = next & -next, place = p + <usize>ctz(next);
      left = ~(bit | (bit - 1));
      if (place >= end) break;
      if ((opens & bit) != 0) depth++;
      else if ((brackets & bit) != 0) {
        if (--depth > 0) continue;
        rows++;
        result = SEEK_DONE;
      } else {
        rows++;
        if (place + 1 < target) continue;
        result = SEEK_ROW;
      }
      p = place + 1 - 64;
      break;
    }
  }
  store<u32>(record, <u32>p, SEEK_POSITION);
  store<u32>(record, rows, SEEK_ROWS);
  return result;
}
