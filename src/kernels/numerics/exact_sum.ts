// The correctly rounded sum of any number of doubles, whatever their order: every bit is kept until the end.
// After R. M. Neal, "Fast exact summation using small and large superaccumulators" (2015), the small one.
//
// A sum is CHUNKS signed 64-bit chunks of 32 bits each, the lowest worth 2^LOWEST: a product of two doubles has its
// place too. Chunks overlap by up to 31 bits until the end, which is room for 2³⁰ additions. Two counters behind them
// hold the infinities.

import { exponentOf, mantissaOf, scaled } from "./apart";

const LOWEST: i32 = -2240;
const CHUNKS: usize = 136;
const POSITIVE: usize = CHUNKS << 3;
const NEGATIVE: usize = POSITIVE + 8;
const NANS: usize = NEGATIVE + 8;

/** Where the last bit of a subnormal double lies. */
const SUBNORMAL: usize = <usize>(-1074 - LOWEST);

/** Bytes that a sum takes. Fill them with 0 to start one. */
export function exact_sum_bytes(): usize {
  return NANS + 8;
}

function bump(at: usize, by: i64): void {
  store<i64>(at, load<i64>(at) + by);
}

/** Adds values[0…count−1] (f64) to the sum. */
export function exact_sum_add(sum: usize, values: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) add(sum, load<f64>(values + (i << 3)));
}

/**
 * Adds values[i]·weights[i], each rounded to 53 bits whatever its size; nothing where the weight is 0 or keep[i] is 0,
 * whatever the value. weights and keep may be 0.
 */
export function exact_sum_add_products(sum: usize, values: usize, weights: usize, keep: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3)),
      weight = weights != 0 ? load<f64>(weights + (i << 3)) : 1.0;
    if (weight == 0.0 || (keep != 0 && load<u8>(keep + i) == 0)) continue;
    const product = value * weight,
      size = Math.abs(product);
    if ((size >= f64.MIN_NORMAL_VALUE && size < Infinity) || value == 0.0 || !isFinite(value)) add(sum, product);
    else addWide(sum, value, weight);
  }
}

// @ts-ignore: decorator
@inline
function add(sum: usize, value: f64): void {
  const bits = reinterpret<u64>(value);
  const exponent = <usize>((bits >> 52) & 0x7ff);
  const mantissa = bits & 0x000fffffffffffff;
  if (exponent == 0x7ff) bump(sum + (mantissa != 0 ? NANS : bits >> 63 ? NEGATIVE : POSITIVE), 1);
  else if (exponent == 0) addBits(sum, mantissa, SUBNORMAL, bits >> 63);
  else addBits(sum, mantissa | HIDDEN, SUBNORMAL + exponent - 1, bits >> 63);
}

const HIDDEN: u64 = 0x0010000000000000;

/** A product of finite numbers that no double can hold, or not with all digits. */
function addWide(sum: usize, value: f64, weight: f64): void {
  const product = mantissaOf(value) * mantissaOf(weight),
    bits = reinterpret<u64>(product);
  const exponent = <i32>((bits >> 52) & 0x7ff) - 1075 + exponentOf(value) + exponentOf(weight);
  addBits(sum, (bits & (HIDDEN - 1)) | HIDDEN, <usize>(exponent - LOWEST), bits >> 63);
}

/** Adds ±mantissa·2^position, in units of the lowest bit. */
// @ts-ignore: decorator
@inline
function addBits(sum: usize, mantissa: u64, position: usize, minus: u64): void {
  const chunk = sum + ((position >> 5) << 3),
    shift = <u64>(position & 31);
  const low = (mantissa & 0xffffffff) << shift,
    high = (mantissa >> 32) << shift;
  const sign: i64 = minus ? -1 : 1;
  bump(chunk, sign * <i64>(low & 0xffffffff));
  bump(chunk + 8, sign * <i64>((low >> 32) + (high & 0xffffffff)));
  bump(chunk + 16, sign * <i64>(high >> 32));
}

/** Carries every chunk into the next; afterwards all but the last are in [0, 2³²), and the last has the sign. */
function normalise(sum: usize): void {
  let carry: i64 = 0;
  for (let i: usize = 0; i < CHUNKS - 1; i++) {
    const v = load<i64>(sum + (i << 3)) + carry;
    carry = v >> 32;
    store<i64>(sum + (i << 3), v & 0xffffffff);
  }
  bump(sum + ((CHUNKS - 1) << 3), carry);
}

/** The sum, rounded once to nearest, ties to even. The sum stays as it is, in another form: more can be added. */
export function exact_sum_round(sum: usize): f64 {
  const rounded = round(sum);
  return isFinite(rounded) ? scaled(rounded, exponent) : rounded;
}

/**
 * The sum, rounded to 53 bits whatever its size, over the denominator: finite also where the sum alone is beyond the
 * doubles. 0 where there is nothing to divide by.
 */
export function exact_sum_divide(sum: usize, denominator: f64): f64 {
  if (denominator == 0.0) return 0.0;
  const rounded = round(sum);
  if (!isFinite(rounded)) return rounded / denominator;
  const value = scaled(rounded, exponent);
  const isDouble = Math.abs(value) < Infinity && (exponent >= -1074 || rounded == 0.0);
  if (isDouble) return value / denominator + 0.0;
  return scaled(rounded / mantissaOf(denominator), exponent - exponentOf(denominator)) + 0.0;
}

let exponent: i32 = 0;

/** The sum as a whole number of at most 53 bits times 2^exponent; or an infinity, or NaN. */
function round(sum: usize): f64 {
  const positive = load<i64>(sum + POSITIVE),
    negative = load<i64>(sum + NEGATIVE);
  if (load<i64>(sum + NANS) != 0 || (positive != 0 && negative != 0)) return NaN;
  if (positive != 0) return Infinity;
  if (negative != 0) return -Infinity;
  normalise(sum);
  const minus = load<i64>(sum + ((CHUNKS - 1) << 3)) < 0;
  if (minus) negate(sum);
  const magnitude = roundMagnitude(sum);
  if (minus) negate(sum);
  return minus ? -magnitude : magnitude;
}

function negate(sum: usize): void {
  for (let i: usize = 0; i < CHUNKS; i++) store<i64>(sum + (i << 3), -load<i64>(sum + (i << 3)));
  normalise(sum);
}

/** Rounds a normalised, non-negative sum, and sets the exponent. */
function roundMagnitude(sum: usize): f64 {
  let top: isize = CHUNKS - 1;
  while (top >= 0 && load<i64>(sum + ((<usize>top) << 3)) == 0) top--;
  exponent = 0;
  if (top < 0) return 0.0;
  // 96 bits from the top chunk down hold the 53 that stay and the one that decides; the rest is sticky.
  const head = load<u64>(sum + ((<usize>top) << 3));
  const next = top >= 1 ? load<u64>(sum + ((<usize>(top - 1)) << 3)) : 0;
  const last = top >= 2 ? load<u64>(sum + ((<usize>(top - 2)) << 3)) : 0;
  let sticky = false;
  for (let i = top - 3; i >= 0; i--) {
    if (load<i64>(sum + ((<usize>i) << 3)) != 0) {
      sticky = true;
      break;
    }
  }
  const zeros = clz(head) - 32;
  // The leading 64 bits, leading bit set; what falls out below joins the sticky bit.
  const upper = (head << 32) | next;
  let bits = upper,
    dropped = last;
  if (zeros > 0) {
    bits = (upper << (<u64>zeros)) | (last >> (32 - <u64>zeros));
    dropped = (last << (<u64>zeros)) & 0xffffffff;
  }
  if (dropped != 0) sticky = true;
  let mantissa = bits >> 11;
  const rest = bits & 0x7ff;
  if (rest > 0x400 || (rest == 0x400 && (sticky || (mantissa & 1) != 0))) mantissa++;
  exponent = LOWEST + <i32>top * 32 + 31 - <i32>zeros - 52;
  return <f64>mantissa;
}
