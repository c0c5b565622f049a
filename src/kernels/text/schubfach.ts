// The shortest decimal that a double, or a float32, is the nearest one to; of several the closest.
// R. Giulietti, "The Schubfach way to render doubles" (2020), with 128 bits of each power of ten and one product for
// the number and both ends of its interval.
import { writeDecimal, writeNonfinite } from "./number_writer";
import { POWERS, POWER_LEAST } from "./powers_of_ten";
import { upperProduct } from "../numerics/wide";

const FRACTION: u64 = 0x000fffffffffffff;
const HIDDEN: u64 = 0x0010000000000000;

/**
 * Writes the double in the form of JavaScript's String(x), −0 as 0; infinities and NaN as `words` says (a WRITE_ word).
 * Returns the address after the text, which takes at most 25 bytes; up to 48 bytes are written.
 */
// @ts-ignore: decorator
@inline
export function writeDouble(x: f64, p: usize, words: u32): usize {
  const bits = reinterpret<u64>(x),
    fraction = bits & FRACTION;
  const biased = <i32>(bits >> 52) & 0x7ff,
    q = biased - 1075;
  if (fraction == 0 || <u32>(biased - 1) >= 0x7fe) return writeEdge(x, p, words);
  store<u8>(p, 0x2d);
  p += <usize>(bits >> 63);
  const c = fraction | HIDDEN;
  // A whole number of at most 53 bits is its own shortest decimal.
  if (<u32>-q < 53 && ctz(c) >= <u64>-q) return writeDecimal(c >> <u64>-q, 0, p);
  // ⌊q·log10 2⌋: the interval around the number is 1 to 10 units of 10^k wide.
  const k = (q * 1262611) >> 22;
  const shift = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const entry = POWERS + ((<usize>(-k - POWER_LEAST)) << 4);
  const gh = load<u64>(entry, 8),
    scaled = c << shift;
  // The number in those units, whole:part, with an error below 2⁻³¹: of the power's lower half the upper bits are
  // enough.
  const low = gh * scaled,
    part = low + <u64>load<u32>(entry, 4) * (scaled >> 32);
  const whole = upperProduct(gh, scaled) + <u64>(part < low);
  // The same modulo 10, and half the interval, in units of 2⁻⁶⁰.
  const tenth = whole / 10;
  const rest = ((whole - tenth * 10) << 60) | (part >> 4),
    half = gh >> (5 - shift),
    end = rest + half;
  if (rest - half + NEAR < 2 * NEAR || end - TEN + NEAR < 2 * NEAR || (part >> 4) - MIDDLE + NEAR < 2 * NEAR) {
    return writeExactly(c, q, false, p);
  }
  // One digit less, if the interval holds one of the two neighbours; else the closer of the neighbours. Which of the
  // two no branch could foresee: it is a mask.
  const above = <u64>(end > TEN),
    short = (tenth + above) * 10,
    long = whole + (part >> 63);
  const isShort: u64 = 0 - (<u64>(rest < half) | above);
  return writeDecimal(long ^ ((long ^ short) & isShort), k, p);
}

/** What has no even interval around it, or none at all: 0, infinities, NaN, subnormal numbers and powers of two. */
function writeEdge(x: f64, p: usize, words: u32): usize {
  const bits = reinterpret<u64>(x),
    fraction = bits & FRACTION;
  const biased = <i32>(bits >> 52) & 0x7ff;
  if (biased == 0x7ff) return writeNonfinite(x, p, words);
  if (bits << 1 == 0) {
    store<u8>(p, 0x30);
    return p + 1;
  }
  store<u8>(p, 0x2d);
  p += <usize>(bits >> 63);
  if (biased == 0) return writeExactly(fraction, -1074, false, p);
  const q = biased - 1075;
  if (<u32>-q < 53) return writeDecimal(HIDDEN >> <u64>-q, 0, p);
  return writeExactly(HIDDEN, q, biased > 1, p);
}

/** In units of 2⁻⁶⁰: 10, ½, and how near to a border a number is not decided by 128 bits without the last. */
const TEN: u64 = 0xa000000000000000;
const MIDDLE: u64 = 0x0800000000000000;
const NEAR: u64 = 0x40000000;

/**
 * c·2^q, whatever it is: all 192 bits of the product. `halved`: the interval below, as at a power of two, is half as
 * wide.
 */
function writeExactly(c: u64, q: i32, halved: bool, p: usize): usize {
  // ⌊q·log10 2⌋, or of ¾·2^q.
  const k = (q * 1262611 - (halved ? 524031 : 0)) >> 22;
  const shift = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const entry = POWERS + ((<usize>(-k - POWER_LEAST)) << 4);
  const gl = load<u64>(entry),
    gh = load<u64>(entry, 8);
  // The number times 4·10^-k: words v0, v1, v2 of 192 bits, v2 the whole part.
  const scaled = (c << 2) << shift;
  const v0 = gl * scaled,
    carry = upperProduct(gl, scaled);
  const v1 = gh * scaled + carry,
    v2 = upperProduct(gh, scaled) + <u64>(v1 < carry);
  // Half a step to the next double, on the same scale.
  const up = shift + 1,
    down = 63 - shift;
  const h0 = gl << up,
    h1 = (gh << up) | (gl >> down),
    h2 = gh >> down;
  const u0 = v0 + h0,
    c0 = <u64>(u0 < v0);
  const s1 = v1 + h1,
    u1 = s1 + c0;
  const u2 = v2 + h2 + (<u64>(s1 < v1) | <u64>(u1 < s1));
  let l0 = h0,
    l1 = h1,
    l2 = h2;
  if (halved) {
    l0 = (h0 >> 1) | (h1 << 63);
    l1 = (h1 >> 1) | (h2 << 63);
    l2 = h2 >> 1;
  }
  const b0 = <u64>(v0 < l0),
    t1 = v1 - l1,
    d1 = t1 - b0;
  const d2 = v2 - l2 - (<u64>(v1 < l1) | <u64>(t1 < b0));
  // The last bit of each stands for all that lies below it. An even significand's interval has its ends.
  const odd = c & 1;
  const value = v2 | <u64>(v1 > 1),
    upper = (u2 | <u64>(u1 > 1)) - odd,
    lower = (d2 | <u64>(d1 > 1)) + odd;
  const s = value >> 2;
  // One digit less, if the interval holds one of the two neighbours; else the neighbour that it holds, or the closer
  // one.
  const tenth = s / 10,
    short = tenth * 40;
  const shortBelow = lower <= short,
    shortAbove = short + 40 <= upper;
  const below = lower <= s << 2,
    above = (s << 2) + 4 <= upper,
    middle = (s << 2) + 2;
  const closer = <u64>(value > middle) | (<u64>(value == middle) & s);
  const long = s + (below != above ? <u64>above : closer & 1);
  const decimal = s >= 10 && shortBelow != shortAbove ? (tenth + <u64>shortAbove) * 10 : long;
  return writeDecimal(decimal, k, p);
}

/** The same for the float32 that x is: the shortest text whose nearest float32 is x, at most 24 bytes. */
// @ts-ignore: decorator
@inline
export function writeSingle(x: f32, p: usize, words: u32): usize {
  const bits = reinterpret<u32>(x),
    fraction = bits & SINGLE_FRACTION;
  const biased = <i32>(bits >> 23) & 0xff,
    q = biased - 150;
  if (fraction == 0 || <u32>(biased - 1) >= 0xfe) return writeSingleEdge(x, p, words);
  store<u8>(p, 0x2d);
  p += <usize>(bits >> 31);
  const c = fraction | SINGLE_HIDDEN;
  if (<u32>-q < 24 && ctz(c) >= <u32>-q) return writeDecimal(c >> <u32>-q, 0, p);
  const k = (q * 1262611) >> 22;
  const shift = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const g = singlePower(-k),
    scaled = (<u64>c) << shift;
  // Whole part and 32 bits of the rest, with an error below 2⁻³¹.
  const value = (g >> 32) * scaled + (((g & 0xffffffff) * scaled) >> 32),
    whole = value >> 32,
    part = value & 0xffffffff;
  const tenth = whole / 10;
  const rest = ((whole - tenth * 10) << 32) | part,
    half = g >> (33 - shift),
    end = rest + half;
  if (rest - half + 4 < 8 || end - SINGLE_TEN + 4 < 8 || part - SINGLE_MIDDLE + 4 < 8) {
    return writeSingleExactly(c, q, false, p);
  }
  const above = <u64>(end > SINGLE_TEN),
    short = (tenth + above) * 10,
    long = whole + (part >> 31);
  const isShort: u64 = 0 - (<u64>(rest < half) | above);
  return writeDecimal(long ^ ((long ^ short) & isShort), k, p);
}

const SINGLE_FRACTION: u32 = 0x7fffff;
const SINGLE_HIDDEN: u32 = 0x800000;
/** In units of 2⁻³²: 10 and ½. */
const SINGLE_TEN: u64 = 0xa00000000;
const SINGLE_MIDDLE: u64 = 0x80000000;

/** 64 bits of a power of ten, rounded up: enough for the 24 of a float32. */
// @ts-ignore: decorator
@inline
function singlePower(k: i32): u64 {
  const entry = POWERS + ((<usize>(k - POWER_LEAST)) << 4);
  return load<u64>(entry, 8) + <u64>(load<u64>(entry) != 0);
}

function writeSingleEdge(x: f32, p: usize, words: u32): usize {
  const bits = reinterpret<u32>(x),
    fraction = bits & SINGLE_FRACTION;
  const biased = <i32>(bits >> 23) & 0xff;
  if (biased == 0xff) return writeNonfinite(<f64>x, p, words);
  if (bits << 1 == 0) {
    store<u8>(p, 0x30);
    return p + 1;
  }
  store<u8>(p, 0x2d);
  p += <usize>(bits >> 31);
  if (biased == 0) return writeSingleExactly(fraction, -149, false, p);
  const q = biased - 150;
  if (<u32>-q < 24) return writeDecimal(SINGLE_HIDDEN >> <u32>-q, 0, p);
  return writeSingleExactly(SINGLE_HIDDEN, q, biased > 1, p);
}

function writeSingleExactly(c: u32, q: i32, halved: bool, p: usize): usize {
  const k = (q * 1262611 - (halved ? 524031 : 0)) >> 22;
  const shift = <u32>(q + ((-k * 1741647) >> 19) + 1);
  const g = singlePower(-k);
  const value = scaledBy(g, c << 2, shift),
    odd = c & 1;
  const upper = scaledBy(g, (c << 2) + 2, shift) - odd,
    lower = scaledBy(g, (c << 2) - (halved ? 1 : 2), shift) + odd;
  const s = value >> 2,
    tenth = s / 10,
    short = tenth * 40;
  const shortBelow = lower <= short,
    shortAbove = short + 40 <= upper;
  const below = lower <= s << 2,
    above = (s << 2) + 4 <= upper,
    middle = (s << 2) + 2;
  const closer = <u32>(value > middle) | (<u32>(value == middle) & s);
  const long = s + (below != above ? <u32>above : closer & 1);
  const decimal = s >= 10 && shortBelow != shortAbove ? (tenth + <u32>shortAbove) * 10 : long;
  return writeDecimal(decimal, k, p);
}

/** ⌊g·(c << shift)/2⁶⁴⌋, its last bit set if anything lies below it. */
// @ts-ignore: decorator
@inline
function scaledBy(g: u64, c: u32, shift: u32): u32 {
  const factor = (<u64>c) << (<u64>shift);
  const low = (g & 0xffffffff) * factor,
    high = (g >> 32) * factor + (low >> 32);
  return <u32>(high >> 32) | <u32>((high & 0xffffffff) > 1);
}
