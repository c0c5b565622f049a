// The correctly rounded sum of any number of doubles, whatever their order: every bit is kept until the end.
// After R. M. Neal, "Fast exact summation using small and large superaccumulators" (2015), the small one.
//
// A sum is CHUNKS signed 64-bit chunks of 32 bits each, the lowest worth 2⁻¹⁰⁷⁴; chunks overlap by up to 31 bits
// until the end, which is room for 2³⁰ additions. Two counters behind them hold the infinities.

const CHUNKS: usize = 70;
const POSITIVE: usize = CHUNKS << 3;
const NEGATIVE: usize = POSITIVE + 8;
const NANS: usize = NEGATIVE + 8;

/** Bytes that a sum takes. Fill them with 0 to start one. */
export function exact_sum_bytes(): usize {
  return NANS + 8;
}

function bump(at: usize, by: i64): void {
  store<i64>(at, load<i64>(at) + by);
}

/** Adds values[0…count−1] (f64) to the sum. */
export function exact_sum_add(sum: usize, values: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const bits = load<u64>(values + (i << 3));
    const exponent = <usize>((bits >> 52) & 0x7ff);
    let mantissa = bits & 0x000fffffffffffff;
    if (exponent == 0x7ff) {
      bump(sum + (mantissa != 0 ? NANS : bits >> 63 ? NEGATIVE : POSITIVE), 1);
      continue;
    }
    let position: usize = 0;
    if (exponent != 0) {
      mantissa |= (<u64>1) << 52;
      position = exponent - 1;
    }
    const chunk = sum + ((position >> 5) << 3),
      shift = <u64>(position & 31);
    const low = (mantissa & 0xffffffff) << shift,
      high = (mantissa >> 32) << shift;
    const sign: i64 = bits >> 63 ? -1 : 1;
    bump(chunk, sign * <i64>(low & 0xffffffff));
    bump(chunk + 8, sign * <i64>((low >> 32) + (high & 0xffffffff)));
    bump(chunk + 16, sign * <i64>(high >> 32));
  }
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

/** Rounds a normalised, non-negative sum. */
function roundMagnitude(sum: usize): f64 {
  let top: isize = CHUNKS - 1;
  while (top >= 0 && load<i64>(sum + ((<usize>top) << 3)) == 0) top--;
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
  // Position of the leading bit above 2⁻¹⁰⁷⁴: below 53 bits the value is a subnormal or exact.
  const leading = <i32>top * 32 + 31 - <i32>zeros;
  if (leading < 53) return reinterpret<f64>(bits >> (63 - <u64>leading));
  let mantissa = bits >> 11;
  const rest = bits & 0x7ff;
  if (rest > 0x400 || (rest == 0x400 && (sticky || (mantissa & 1) != 0))) mantissa++;
  const exponent = leading - 52 + 1;
  if (exponent >= 0x7ff) return Infinity;
  // A mantissa that rounded up to 2⁵³ carries into the exponent by itself, and into Infinity at the end.
  return reinterpret<f64>(((<u64>(exponent - 1)) << 52) + mantissa);
}
