// The text of one number, in JSON's grammar, to the double next to it.
// D. Lemire, "Number parsing at a gigabyte per second" (2021); N. Mushtak and D. Lemire, "Fast number parsing without
// fallback" (2022): 19 digits need no other way.
import { digitsAt, digitsIn, fewDigitsAt, fewDigitsIn, valueOf, valueOfFew } from "./digits";
import { EXACT_POWERS, POWERS, POWER_LEAST, WHOLE_POWERS } from "./powers_of_ten";
import { upperProduct } from "../numerics/wide";

/** What readNumber returns in place of an address: there is no number here, or one that it does not convert. */
export const NO_NUMBER: usize = 0;
export const HARD_NUMBER: usize = 1;

/** Whole numbers up to here over a power of ten up to 10²² are two exact doubles: one division rounds right. */
const SHORT: u64 = 1000000000000000;
const SHORT_POWER: u32 = 22;

/**
 * Stores the number whose text is at p as a double, and returns the address after the text. More than 19 digits from
 * the first one that is not 0, and what may lie beyond the doubles, are HARD_NUMBER. Reads up to 32 bytes after the
 * text.
 */
// @ts-ignore: decorator
@inline
export function readNumber(p: usize, out: usize): usize {
  const negative = <u64>(load<u8>(p) == 0x2d);
  p += <usize>negative;
  let whole = <u64>load<u8>(p) - 0x30;
  // One digit and a point are by far the most common start: a branch that is foreseen costs less than counting digits.
  if (load<u8>(p, 1) == 0x2e) {
    if (whole > 9) return NO_NUMBER;
    p++;
  } else {
    const few = fewDigitsAt(p);
    let count = fewDigitsIn(few);
    // A number starts with a digit, and with 0 only if no other follows.
    if (count == 0 || (count > 1 && whole == 0)) return NO_NUMBER;
    if (count < 4) whole = valueOfFew(few, count);
    else {
      const digits = digitsAt(p);
      count = digitsIn(digits);
      whole = valueOf(digits, count);
    }
    p += count;
    if (count == 16) {
      const more = fewDigitsAt(p),
        moreCount = fewDigitsIn(more);
      if (moreCount > 3) return HARD_NUMBER;
      whole = whole * load<u64>(WHOLE_POWERS + (moreCount << 3)) + valueOfFew(more, moreCount);
      p += moreCount;
    }
  }
  return load<u8>(p) == 0x2e ? readFraction(p + 1, whole, negative, out) : finishNumber(p, whole, 0, negative, out);
}

/** Goes on behind the point. */
// @ts-ignore: decorator
@inline
function readFraction(p: usize, whole: u64, negative: u64, out: usize): usize {
  const start = p;
  const digits = digitsAt(p),
    count = digitsIn(digits);
  if (count == 0) return NO_NUMBER;
  // 15, 16 or 17 digits come in no order that a branch could foresee: the last ones are always added, even if none.
  const more = fewDigitsAt(p + 16),
    moreCount = fewDigitsIn(more) & -(count >> 4);
  if (whole >= 1000 && whole >= load<u64>(WHOLE_POWERS + ((19 - count) << 3))) return HARD_NUMBER;
  whole = whole * load<u64>(WHOLE_POWERS + (count << 3)) + valueOf(digits, count);
  if (whole >= load<u64>(WHOLE_POWERS + ((19 - moreCount) << 3))) return HARD_NUMBER;
  whole = whole * load<u64>(WHOLE_POWERS + (moreCount << 3)) + valueOfFew(more, moreCount);
  p += count + moreCount;
  if (moreCount == 4) {
    let digit = <u64>load<u8>(p) - 0x30;
    while (digit <= 9) {
      if (whole >= load<u64>(WHOLE_POWERS + (18 << 3))) return HARD_NUMBER;
      whole = whole * 10 + digit;
      digit = <u64>load<u8>(++p) - 0x30;
    }
  }
  return finishNumber(p, whole, -(<i32>(p - start)), negative, out);
}

/** Goes on behind the digits, which are whole·10^power: an exponent may follow. */
// @ts-ignore: decorator
@inline
function finishNumber(p: usize, whole: u64, power: i32, negative: u64, out: usize): usize {
  if ((load<u8>(p) | 0x20) == 0x65) {
    const sign = load<u8>(++p);
    if (sign == 0x2b || sign == 0x2d) p++;
    let digit = <u32>load<u8>(p) - 0x30,
      exponent: i32 = 0;
    if (digit > 9) return NO_NUMBER;
    do {
      // Beyond this nothing changes, and nothing overflows.
      if (exponent < 100000000) exponent = exponent * 10 + digit;
      digit = <u32>load<u8>(++p) - 0x30;
    } while (digit <= 9);
    power += sign == 0x2d ? -exponent : exponent;
  }
  let bits: u64;
  if (whole < SHORT && <u32>-power <= SHORT_POWER) {
    const value = <f64>(<i64>whole);
    bits = reinterpret<u64>(power == 0 ? value : value / load<f64>(EXACT_POWERS - ((<usize>power) << 3)));
  } else {
    bits = nearestDouble(whole, power);
    if (bits == INFINITE) return HARD_NUMBER;
  }
  store<u64>(out, bits | (negative << 63));
  return p;
}

const INFINITE: u64 = 0x7ff0000000000000;

/** Powers of ten that 19 digits can stand before: from POWER_LEAST to 308. */
const POWER_SPAN: u32 = 650;

/** Halfway between two doubles, which only these powers allow, the fraction is to be rounded to the even one. */
function tieToEven(fraction: u64, upper: u64, drop: u64, power: i32): u64 {
  const isTie = power >= -4 && power <= 23 && (fraction & 3) == 1 && fraction << drop == upper;
  return fraction - <u64>isTie;
}

/** The bits of the double next to whole·10^power, ties to even: Eisel and Lemire's algorithm. */
// @ts-ignore: decorator
@inline
function nearestDouble(whole: u64, power: i32): u64 {
  if (whole == 0 || <u32>(power - POWER_LEAST) > POWER_SPAN) return whole == 0 || power < 0 ? 0 : INFINITE;
  const shift = clz(whole),
    scaled = whole << shift;
  const entry = POWERS + ((<usize>(power - POWER_LEAST)) << 4);
  const high = load<u64>(entry, 8);
  let lower = scaled * high,
    upper = upperProduct(scaled, high);
  if ((upper & 0x1ff) == 0x1ff) {
    // The bits that decide are all ones: the power's lower half can carry into them. From 10⁵⁶ on the table is rounded
    // up, where the algorithm takes it cut off.
    const more = upperProduct(scaled, load<u64>(entry) - <u64>(power > 55));
    lower += more;
    upper += <u64>(more > lower);
  }
  const top = upper >> 63,
    drop = top + 9;
  let fraction = upper >> drop;
  // ⌊power·log2 10⌋ in fixed point.
  let exponent = ((217706 * power) >> 16) + 1086 + <i32>top - <i32>shift;
  if (exponent <= 0) {
    if (exponent < -62) return 0;
    fraction >>= <u64>(1 - exponent);
    fraction = (fraction + (fraction & 1)) >> 1;
    // What rounds up to the least normal double has its exponent bit as the carry.
    return fraction;
  }
  if (lower <= 1) fraction = tieToEven(fraction, upper, drop, power);
  fraction = (fraction + (fraction & 1)) >> 1;
  // A carry out of the fraction goes into the exponent.
  const bits = ((<u64>exponent) << 52) + (fraction - 0x10000000000000);
  return bits < INFINITE ? bits : INFINITE;
}
