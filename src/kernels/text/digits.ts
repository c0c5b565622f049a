// Runs of decimal digits, sixteen at a time. Constants lie in memory: V8 would build one that stands in the code anew
// in every turn of a loop.

/** Bytes that select nothing, the places 0…15, and bytes that select nothing again. */
const PLACES: usize = memory.data<u8>(
  [
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  ],
  16,
);

const ZEROS: usize = memory.data<u64>([0x3030303030303030, 0x3030303030303030], 16);
const TENS: usize = memory.data<u64>([0x0a0a0a0a0a0a0a0a, 0x0a0a0a0a0a0a0a0a], 16);
const LOW_BYTES: usize = memory.data<u64>([0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff], 16);
const BY_TEN: usize = memory.data<u64>([0x000a000a000a000a, 0x000a000a000a000a], 16);
const BY_HUNDRED: usize = memory.data<u64>([0x0001006400010064, 0x0001006400010064], 16);
const BY_TEN_THOUSAND: usize = memory.data<u64>([0x0001271000012710, 0x0001271000012710], 16);

/** The bytes of `digits` moved towards the first by `places` (−16…16); 0 comes in. */
// @ts-ignore: decorator
@inline
export function moved(digits: v128, places: usize): v128 {
  return i8x16.swizzle(digits, v128.load(PLACES + 16 + places));
}

/** The sixteen bytes at p less "0": a digit's value, and above 9 for everything else. */
// @ts-ignore: decorator
@inline
export function digitsAt(p: usize): v128 {
  return i8x16.sub(v128.load(p), v128.load(ZEROS));
}

/** How many of the bytes are digits before the first that is none: 0…16. */
// @ts-ignore: decorator
@inline
export function digitsIn(digits: v128): usize {
  return <usize>ctz(i8x16.bitmask(i8x16.ge_u(digits, v128.load(TENS))) | 0x10000);
}

/** The number that the first `count` digits (0…16) are. */
// @ts-ignore: decorator
@inline
export function valueOf(digits: v128, count: usize): u64 {
  const bytes = moved(digits, count - 16);
  const pairs = i16x8.add(i16x8.mul(v128.and(bytes, v128.load(LOW_BYTES)), v128.load(BY_TEN)), i16x8.shr_u(bytes, 8));
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(BY_HUNDRED));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(BY_TEN_THOUSAND));
  const both = i64x2.extract_lane(eights, 0);
  return (<u64>both & 0xffffffff) * 100000000 + (<u64>both >> 32);
}

/** The four bytes at p less "0", as digitsAt for sixteen; what follows the first that is no digit is void. */
// @ts-ignore: decorator
@inline
export function fewDigitsAt(p: usize): u32 {
  return load<u32>(p) - 0x30303030;
}

/** How many of the four bytes are digits before the first that is none. */
// @ts-ignore: decorator
@inline
export function fewDigitsIn(digits: u32): usize {
  return <usize>(ctz(((digits + 0x76767676) | digits) & 0x80808080) >> 3);
}

/** The number that the first `count` of four digits (0…4) are. */
// @ts-ignore: decorator
@inline
export function valueOfFew(digits: u32, count: usize): u64 {
  const last = <u32>((<u64>digits) << (32 - ((<u64>count) << 3)));
  const pairs = (last * 10 + (last >> 8)) & 0x00ff00ff;
  return <u64>((pairs & 0xffff) * 100 + (pairs >> 16));
}
