// Decimals as JavaScript's String(x) writes them: 0.000001 to 999999999999999900000 plainly, everything else with e.
import { moved } from "./digits";
import { EXPONENT_LEAST, EXPONENTS } from "./exponents";
import { WRITE_LITERAL, WRITE_NULL } from "./layout";

const DIGIT_ZEROS: usize = memory.data<u64>([0x3030303030303030, 0x3030303030303030], 16);
/** Multipliers that divide four-digit lanes by 100 and two-digit lanes by 10, and what takes the rest along. */
const PER_HUNDRED: usize = memory.data<u64>([0x0000147b0000147b, 0x0000147b0000147b], 16);
const HUNDREDS: usize = memory.data<u64>([0x0063ffff0063ffff, 0x0063ffff0063ffff], 16);
const PER_TEN: usize = memory.data<u64>([0x0067006700670067, 0x0067006700670067], 16);
const TENS: usize = memory.data<u64>([0x09ff09ff09ff09ff, 0x09ff09ff09ff09ff], 16);
const NONE: usize = memory.data<u64>([0, 0], 16);

/** "0.000000" */
const ZERO_POINT: u64 = 0x3030303030302e30;

/** Eight digits as two words of four: the first four in the low half. */
// @ts-ignore: decorator
@inline
function inFours(eight: u64): u64 {
  const first = (eight * 109951163) >> 40;
  return first | ((eight - first * 10000) << 32);
}

/** Sixteen digits from two times eight, one a byte. */
// @ts-ignore: decorator
@inline
function digitsOf(first: u64, last: u64): v128 {
  const fours = i64x2.replace_lane(i64x2.splat(inFours(first)), 1, inFours(last));
  const hundreds = i32x4.shr_u(i32x4.mul(fours, v128.load(PER_HUNDRED)), 19);
  // A quotient q and the rest r side by side: (n << 16) − q·(100·2¹⁶ − 1) is q + (r << 16).
  const pairs = i32x4.sub(i32x4.shl(fours, 16), i32x4.mul(hundreds, v128.load(HUNDREDS)));
  const tens = i16x8.shr_u(i16x8.mul(pairs, v128.load(PER_TEN)), 10);
  return i16x8.sub(i16x8.shl(pairs, 8), i16x8.mul(tens, v128.load(TENS)));
}

/** Writes decimal·10^k, which is not 0 and below 10^17 before the power, without the zeros at its end. */
// @ts-ignore: decorator
@inline
export function writeDecimal(decimal: u64, k: i32, p: usize): usize {
  // 17 digits: one, and sixteen.
  const upper = decimal / 100000000,
    top = upper / 100000000;
  const rest = digitsOf(upper - top * 100000000, decimal - upper * 100000000);
  const used = ((~i8x16.bitmask(i8x16.eq(rest, v128.load(NONE))) & 0xffff) << 1) | <i32>(top != 0);
  const before = ctz(used),
    count = 32 - clz(used) - before;
  // The first digit moves to the front: sixteen of them, and a last one if there are 17.
  const first = v128.or(moved(rest, <usize>(before - 1)), i64x2.replace_lane(v128.load(NONE), 0, top));
  const ascii = i8x16.add(first, v128.load(DIGIT_ZEROS));
  const last = <u32>(before == 0 ? i8x16.extract_lane_u(rest, 15) : 0) + 0x30;
  // Digits before the point: one where an exponent follows. What follows is looked up, also where it is nothing,
  // because no branch could foresee which form comes next.
  const places = 17 - before + k,
    point = <u32>(places + 5) > 26 ? 1 : places;
  const exponent = load<u64>(EXPONENTS + ((<usize>(places - 1 - EXPONENT_LEAST)) << 3)),
    exponentBytes = <usize>(exponent >> 56);
  if (count <= point) {
    v128.store(p, ascii);
    store<u8>(p, <u8>last, 16);
    store<u32>(p, 0x30303030, 17);
    store<u64>(p + <usize>point, exponent);
    return p + <usize>point + exponentBytes;
  }
  // 0.0012 and 1.2 without a branch: the digits go behind "0.00" or to the front, then those behind the point again.
  const inside = <usize>(point > 0),
    digitsBefore = point > 0 ? <usize>point : 0;
  const start = point > 0 ? p : p + 2 - <usize>point;
  store<u64>(p, ZERO_POINT);
  v128.store(start, ascii);
  store<u8>(p + digitsBefore + 1 - inside, 0x2e);
  v128.store(start + digitsBefore + inside, moved(ascii, digitsBefore));
  store<u8>(start + 16 + inside, <u8>last);
  const end = start + <usize>count + inside;
  store<u64>(end, exponent);
  return end + exponentBytes;
}

/** An infinity or NaN: its name, in quotes or bare, or null. */
export function writeNonfinite(x: f64, p: usize, words: u32): usize {
  if (words == WRITE_NULL) {
    store<u32>(p, 0x6c6c756e);
    return p + 4;
  }
  const quotes = <usize>(words != WRITE_LITERAL);
  // What is written behind a bare name is void.
  store<u8>(p, 0x22);
  p += quotes;
  if (x != x) {
    store<u32>(p, 0x224e614e);
    return p + 3 + quotes;
  }
  store<u8>(p, 0x2d);
  p += <usize>(x < 0.0);
  store<u64>(p, 0x7974696e69666e49);
  store<u8>(p, 0x22, 8);
  return p + 8 + quotes;
}
