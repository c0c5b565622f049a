// Looking for bytes in a text, sixteen at a time.

/** How many of the bytes at[0…length−1] are that byte. */
export function count_byte(at: usize, length: usize, byte: u32): u32 {
  const wanted = i8x16.splat(<i8>byte),
    end = at + length;
  let found: u32 = 0,
    p = at;
  for (; p + 16 <= end; p += 16) found += <u32>popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), wanted)));
  for (; p < end; p++) found += <u32>(load<u8>(p) == byte);
  return found;
}
