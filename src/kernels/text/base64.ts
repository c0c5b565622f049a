// Base64 (RFC 4648 §4, with padding), sixteen characters at a time.

const UPPER: usize = memory.data<u64>([0x4141414141414141, 0x4141414141414141], 16);
const LOWER: usize = memory.data<u64>([0x6161616161616161, 0x6161616161616161], 16);
const DIGITS: usize = memory.data<u64>([0x3030303030303030, 0x3030303030303030], 16);
const PLUSES: usize = memory.data<u64>([0x2b2b2b2b2b2b2b2b, 0x2b2b2b2b2b2b2b2b], 16);
const SLASHES: usize = memory.data<u64>([0x2f2f2f2f2f2f2f2f, 0x2f2f2f2f2f2f2f2f], 16);
const N10: usize = memory.data<u64>([0x0a0a0a0a0a0a0a0a, 0x0a0a0a0a0a0a0a0a], 16);
const N26: usize = memory.data<u64>([0x1a1a1a1a1a1a1a1a, 0x1a1a1a1a1a1a1a1a], 16);
const N52: usize = memory.data<u64>([0x3434343434343434, 0x3434343434343434], 16);
const N62: usize = memory.data<u64>([0x3e3e3e3e3e3e3e3e, 0x3e3e3e3e3e3e3e3e], 16);
const N63: usize = memory.data<u64>([0x3f3f3f3f3f3f3f3f, 0x3f3f3f3f3f3f3f3f], 16);
const LOW_BYTES: usize = memory.data<u64>([0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff], 16);
const LOW_WORDS: usize = memory.data<u64>([0x0000ffff0000ffff, 0x0000ffff0000ffff], 16);
const SIX_BITS: usize = memory.data<u64>([0x0000003f0000003f, 0x0000003f0000003f], 16);
/** Three bytes of each 32-bit lane, the greatest first, packed; and the way back. */
const PACK: usize = memory.data<u8>([2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255], 16);
const UNPACK: usize = memory.data<u8>([2, 1, 0, 255, 5, 4, 3, 255, 8, 7, 6, 255, 11, 10, 9, 255], 16);

/** The six bits of one character; 64 for none. */
function valueOf(c: u32): u32 {
  if (c - 0x41 < 26) return c - 0x41;
  if (c - 0x61 < 26) return c - 0x47;
  if (c - 0x30 < 10) return c + 4;
  return c == 0x2b ? 62 : c == 0x2f ? 63 : 64;
}

/**
 * Decodes text of `length` characters and returns how many of them are base64 before the first that is not: `length` if
 * all is well, or if the last group of four is cut. Writes up to 16 bytes beyond the ¾·length at `out`.
 */
export function decode_base64(text: usize, length: usize, out: usize): usize {
  const end = text + length;
  let p = text;
  for (; p + 16 <= end; p += 16, out += 12) {
    const c = v128.load(p);
    const upper = i8x16.sub(c, v128.load(UPPER)),
      lower = i8x16.sub(c, v128.load(LOWER)),
      digit = i8x16.sub(c, v128.load(DIGITS));
    const isUpper = i8x16.lt_u(upper, v128.load(N26)),
      isLower = i8x16.lt_u(lower, v128.load(N26));
    const isDigit = i8x16.lt_u(digit, v128.load(N10));
    const isPlus = i8x16.eq(c, v128.load(PLUSES)),
      isSlash = i8x16.eq(c, v128.load(SLASHES));
    if (!i8x16.all_true(v128.or(v128.or(isUpper, isLower), v128.or(isDigit, v128.or(isPlus, isSlash))))) break;
    const letters = v128.or(v128.and(isUpper, upper), v128.and(isLower, i8x16.add(lower, v128.load(N26))));
    const signs = v128.or(v128.and(isPlus, v128.load(N62)), v128.and(isSlash, v128.load(N63)));
    const bits = v128.or(v128.or(letters, signs), v128.and(isDigit, i8x16.add(digit, v128.load(N52))));
    const pairs = v128.or(i16x8.shl(v128.and(bits, v128.load(LOW_BYTES)), 6), i16x8.shr_u(bits, 8));
    const fours = v128.or(i32x4.shl(v128.and(pairs, v128.load(LOW_WORDS)), 12), i32x4.shr_u(pairs, 16));
    v128.store(out, i8x16.swizzle(fours, v128.load(PACK)));
  }
  for (; p + 4 <= end; p += 4, out += 3) {
    const a = valueOf(load<u8>(p)),
      b = valueOf(load<u8>(p, 1));
    let c = valueOf(load<u8>(p, 2)),
      d = valueOf(load<u8>(p, 3));
    if (p + 4 == end && load<u8>(p, 3) == 0x3d) {
      d = 0;
      if (load<u8>(p, 2) == 0x3d) c = 0;
    }
    if ((a | b | c | d) > 63) {
      return p - text + (a > 63 ? 0 : b > 63 ? 1 : c > 63 ? 2 : 3);
    }
    const bits = (a << 18) | (b << 12) | (c << 6) | d;
    store<u8>(out, <u8>(bits >> 16));
    store<u8>(out, <u8>(bits >> 8), 1);
    store<u8>(out, <u8>bits, 2);
  }
  while (p < end && valueOf(load<u8>(p)) < 64) p++;
  return p - text;
}

/**
 * Encodes `length` bytes and returns the address after the text. Reads up to 16 bytes beyond the bytes, and writes up
 * to 16 beyond the text.
 */
export function encode_base64(bytes: usize, length: usize, out: usize): usize {
  const end = bytes + length;
  let p = bytes;
  for (; p < end; p += 12, out += 16) {
    const lanes = i8x16.swizzle(v128.load(p), v128.load(UNPACK)),
      six = v128.load(SIX_BITS);
    const first = i32x4.shr_u(lanes, 18),
      second = i32x4.shl(v128.and(i32x4.shr_u(lanes, 12), six), 8);
    const third = i32x4.shl(v128.and(i32x4.shr_u(lanes, 6), six), 16),
      fourth = i32x4.shl(v128.and(lanes, six), 24);
    const v = v128.or(v128.or(first, second), v128.or(third, fourth));
    const lower = i8x16.sub(v, v128.load(N26)),
      digit = i8x16.sub(v, v128.load(N52));
    let text = v128.bitselect(
      i8x16.add(v, v128.load(UPPER)),
      i8x16.add(lower, v128.load(LOWER)),
      i8x16.lt_u(v, v128.load(N26)),
    );
    text = v128.bitselect(text, i8x16.add(digit, v128.load(DIGITS)), i8x16.lt_u(v, v128.load(N52)));
    text = v128.bitselect(v128.load(PLUSES), text, i8x16.eq(v, v128.load(N62)));
    v128.store(out, v128.bitselect(v128.load(SLASHES), text, i8x16.eq(v, v128.load(N63))));
  }
  // The last twelve may be fewer: a group that is not full ends in padding.
  const over = p - end,
    missing = over % 3;
  out -= (over / 3) << 2;
  if (missing == 0) return out;
  const left: usize = 3 - missing;
  const bits = ((<u32>load<u8>(end - left)) << 16) | (left == 2 ? (<u32>load<u8>(end - 1)) << 8 : 0);
  store<u8>(out - 4, characterOf(bits >> 18));
  store<u8>(out - 3, characterOf((bits >> 12) & 63));
  store<u8>(out - 2, left == 2 ? characterOf((bits >> 6) & 63) : 0x3d);
  store<u8>(out - 1, 0x3d);
  return out;
}

function characterOf(bits: u32): u8 {
  if (bits < 26) return <u8>(bits + 0x41);
  if (bits < 52) return <u8>(bits + 0x47);
  if (bits < 62) return <u8>(bits - 4);
  return bits == 62 ? 0x2b : 0x2f;
}
