// Doubles with mantissa and exponent apart.

const TWO_54: f64 = 18014398509481984.0;

/** The exponent e of a finite x that is not 0: 2^e ≤ |x| < 2^(e+1). */
export function exponentOf(x: f64): i32 {
  const biased = <i32>((reinterpret<u64>(x) >> 52) & 0x7ff);
  return biased != 0 ? biased - 1023 : <i32>((reinterpret<u64>(x * TWO_54) >> 52) & 0x7ff) - 1077;
}

/** x·2^−e with that e: in [1, 2), with the sign of x. */
export function mantissaOf(x: f64): f64 {
  const normal = ((reinterpret<u64>(x) >> 52) & 0x7ff) != 0 ? x : x * TWO_54;
  return reinterpret<f64>((reinterpret<u64>(normal) & 0x800fffffffffffff) | 0x3ff0000000000000);
}

/** x·2^exponent, rounded once; |x| is 0, or in [2⁻², 2⁵³]. */
export function scaled(x: f64, exponent: i32): f64 {
  if (exponent > 1023) return exponent > 1100 ? x * Infinity : x * powerOfTwo(1023) * powerOfTwo(exponent - 1023);
  if (exponent >= -1022) return x * powerOfTwo(exponent);
  // The first step is exact, and the second rounds.
  return exponent < -1130 ? x * 0.0 : x * powerOfTwo(-960) * powerOfTwo(exponent + 960);
}

function powerOfTwo(exponent: i32): f64 {
  return reinterpret<f64>((<u64>(exponent + 1023)) << 52);
}
