// JSON's white space: blanks, tabs, line feeds and carriage returns.

const BLANKS: usize = memory.data<u64>([0x2020202020202020, 0x2020202020202020], 16);
const TABS: usize = memory.data<u64>([0x0909090909090909, 0x0909090909090909], 16);
const LINE_FEEDS: usize = memory.data<u64>([0x0a0a0a0a0a0a0a0a, 0x0a0a0a0a0a0a0a0a], 16);
const RETURNS: usize = memory.data<u64>([0x0d0d0d0d0d0d0d0d, 0x0d0d0d0d0d0d0d0d], 16);

/** The address of the first byte from p on that is no white space. Text without any costs one comparison. */
// @ts-ignore: decorator
@inline
export function skipSpace(p: usize): usize {
  return load<u8>(p) > 0x20 ? p : skipSpaces(p);
}

function skipSpaces(p: usize): usize {
  let count: i32;
  do {
    const v = v128.load(p);
    const lines = v128.or(i8x16.eq(v, v128.load(LINE_FEEDS)), i8x16.eq(v, v128.load(RETURNS)));
    const spaces = v128.or(i8x16.eq(v, v128.load(BLANKS)), i8x16.eq(v, v128.load(TABS)));
    count = ctz(~i8x16.bitmask(v128.or(lines, spaces)));
    p += <usize>count;
  } while (count == 16);
  return p;
}
