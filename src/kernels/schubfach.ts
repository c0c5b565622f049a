// The shortest decimal that a double, or a float32, is the nearest one to; of several the closest.
// R. Giulietti, "The Schubfach way to render doubles" (2020), with 128 bits of each power of ten and one product for the
// number and both ends of its interval.
import { writeDecimal, writeNonfinite } from "./number_writer";
import { POWERS, POWER_LEAST } from "./powers_of_ten";
import { upperProduct } from "./wide";

const FRACTION: u64 = 0x000fffffffffffff;
const HIDDEN: u64 = 0x0010000000000000;

/**
 * Writes the double in the form of JavaScript's String(x), −0 as 0; infinities and NaN as `words` says (a WRITE_ word).
 * Returns the address after the text, which takes at most 25 bytes; up to 48 bytes are written.
 */
// @ts-ignore: decorator
@inline
export function writeDouble(x: f64, p: usize, words: u32): usize {
  const bits = reinterpret<u64>(x), fraction = bits & FRACTION;
  const biased = <i32>(bits >> 52) & 0x7ff;
  if (biased == 0x7ff) return writeNonfinite(x, p, words);
  if (bits << 1 == 0) {
    store<u8>(p, 0x30);
    return p + 1;
  }
  store<u8>(p, 0x2d);
  p += <usize>(bits >> 63);
  const c = biased == 0 ? fraction : fraction | HIDDEN;
  const q = biased == 0 ? -1074 : biased - 1075;
  // A whole number of at most 53 bits is its own shortest decimal.
  if (q <= 0 && q > -53 && ctz(c) >= <u64>-q) return writeDecimal(c >> <u64>-q, 0, p);
  if (biased == 0 || fraction == 0) return writeExactly(c, q, fraction == 0 && biased > 1, p);
  // ⌊q·log10 2⌋: the interval around the number is 1 to 10 units of 10^k wide.
  const k = (q * 1262611) >> 22;
  const shift = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const entry = POWERS + (<usize>(-k - POWER_LEAST) << 4);
  const gh = load<u64>(entry, 8), scaled = c << shift;
  // The number in those units, whole:part, with an error below 2⁻³¹: of the power's lower half the upper bits are enough.
  const low = gh * scaled, part = low + (<u64>load<u32>(entry, 4)) * (scaled >> 32);
  const whole = upperProduct(gh, scaled) + <u64>(part < low);
  // The same modulo 10, and half the interval, in units of 2⁻⁶⁰.
  const tenth = whole / 10;
  const rest = ((whole - tenth * 10) << 60) | (part >> 4), half = gh >> (5 - shift), end = rest + half;
  if (rest - half + NEAR < 2 * NEAR || end - TEN + NEAR < 2 * NEAR || (part >> 4) - MIDDLE + NEAR < 2 * NEAR) {
    return writeExactly(c, q, false, p);
  }
  // One digit less, if the interval holds one of the two neighbours; else the closer of the neighbours.
  const above = end > TEN;
  const decimal = rest < half || above ? (tenth + <u64>above) * 10 : whole + (part >> 63);
  return writeDecimal(decimal, k, p);
}

/** In units of 2⁻⁶⁰: 10, ½, and how near to a border a number is not decided by 128 bits without the last. */
const TEN: u64 = 0xa000000000000000;
const MIDDLE: u64 = 0x0800000000000000;
const NEAR: u64 = 0x40000000;

/** c·2^q, whatever it is: all 192 bits of the product. `narrow`: the interval below, as at a power of two, is half as wide. */
function writeExactly(c: u64, q: i32, narrow: bool, p: usize): usize {
  // ⌊q·log10 2⌋, or of ¾·2^q.
  const k = (q * 1262611 - (narrow ? 524031 : 0)) >> 22;
  const shift = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const entry = POWERS + (<usize>(-k - POWER_LEAST) << 4);
  const gl = load<u64>(entry), gh = load<u64>(entry, 8);
  // The number times 4·10^-k: words v0, v1, v2 of 192 bits, v2 the whole part.
  const scaled = (c << 2) << shift;
  const v0 = gl * scaled, carry = upperProduct(gl, scaled);
  const v1 = gh * scaled + carry, v2 = upperProduct(gh, scaled) + <u64>(v1 < carry);
  // Half a step to the next double, on the same scale.
  const up = shift + 1, down = 63 - shift;
  const h0 = gl << up, h1 = (gh << up) | (gl >> down), h2 = gh >> down;
  const u0 = v0 + h0, c0 = <u64>(u0 < v0);
  const s1 = v1 + h1, u1 = s1 + c0;
  const u2 = v2 + h2 + (<u64>(s1 < v1) | <u64>(u1 < s1));
  let l0 = h0, l1 = h1, l2 = h2;
  if (narrow) {
    l0 = (h0 >> 1) | (h1 << 63);
    l1 = (h1 >> 1) | (h2 << 63);
    l2 = h2 >> 1;
  }
  const b0 = <u64>(v0 < l0), t1 = v1 - l1, d1 = t1 - b0;
  const d2 = v2 - l2 - (<u64>(v1 < l1) | <u64>(t1 < b0));
  // The last bit of each stands for all that lies below it. An even significand's interval has its ends.
  const odd = c & 1;
  const value = v2 | <u64>(v1 > 1), upper = (u2 | <u64>(u1 > 1)) - odd, lower = (d2 | <u64>(d1 > 1)) + odd;
  const s = value >> 2;
  // One digit less, if the interval holds one of the two neighbours; else the neighbour that it holds, or the closer one.
  const tenth = s / 10, short = tenth * 40;
  const shortBelow = lower <= short, shortAbove = short + 40 <= upper;
  const below = lower <= s << 2, above = (s << 2) + 4 <= upper, middle = (s << 2) + 2;
  const closer = <u64>(value > middle) | (<u64>(value == middle) & s);
  const long = s + (below != above ? <u64>above : closer & 1);
  const decimal = s >= 10 && shortBelow != shortAbove ? (tenth + <u64>shortAbove) * 10 : long;
  return writeDecimal(decimal, k, p);
}

/** The same for the float32 that x is: the shortest text whose nearest float32 is x, at most 24 bytes. */
// @ts-ignore: decorator
@inline
export function writeSingle(x: f32, p: usize, words: u32): usize {
  const bits = reinterpret<u32>(x), fraction = bits & 0x7fffff;
  const biased = <i32>(bits >> 23) & 0xff;
  if (biased == 0xff) return writeNonfinite(<f64>x, p, words);
  if (bits << 1 == 0) {
    store<u8>(p, 0x30);
    return p + 1;
  }
  store<u8>(p, 0x2d);
  p += <usize>(bits >> 31);
  const c = biased == 0 ? fraction : fraction | 0x800000;
  const q = biased == 0 ? -149 : biased - 150;
  if (q <= 0 && q > -24 && ctz(c) >= <u32>-q) return writeDecimal(c >> <u32>-q, 0, p);
  const narrow = fraction == 0 && biased > 1;
  const k = (q * 1262611 - (narrow ? 524031 : 0)) >> 22;
  const shift = <u32>(q + ((-k * 1741647) >> 19) + 1);
  // 64 bits of the power, rounded up, are enough for 24.
  const entry = POWERS + (<usize>(-k - POWER_LEAST) << 4);
  const g = load<u64>(entry, 8) + <u64>(load<u64>(entry) != 0);
  const value = scaledBy(g, c << 2, shift), odd = c & 1;
  const upper = scaledBy(g, (c << 2) + 2, shift) - odd, lower = scaledBy(g, (c << 2) - (narrow ? 1 : 2), shift) + odd;
  const s = value >> 2, tenth = s / 10, short = tenth * 40;
  const shortBelow = lower <= short, shortAbove = short + 40 <= upper;
  const below = lower <= s << 2, above = (s << 2) + 4 <= upper, middle = (s << 2) + 2;
  const closer = <u32>(value > middle) | (<u32>(value == middle) & s);
  const long = s + (below != above ? <u32>above : closer & 1);
  const decimal = s >= 10 && shortBelow != shortAbove ? (tenth + <u32>shortAbove) * 10 : long;
  return writeDecimal(decimal, k, p);
}

/** ⌊g·(c << shift)/2⁶⁴⌋, its last bit set if anything lies below it. */
// @ts-ignore: decorator
@inline
function scaledBy(g: u64, c: u32, shift: u32): u32 {
  const factor = <u64>c << <u64>shift;
  const low = (g & 0xffffffff) * factor, high = (g >> 32) * factor + (low >> 32);
  return <u32>(high >> 32) | <u32>((high & 0xffffffff) > 1);
}
