// Scalar building blocks. Math is AssemblyScript's own port, compiled into the module: the same bits everywhere.

/** log(1 + eˣ). The exponential of −|x| never overflows. */
// @ts-ignore: decorator
@inline
export function softplus(x: f64): f64 {
  return Math.max(x, 0.0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** σ(x) = 1/(1 + e⁻ˣ), with every digit on both sides: 1 − σ(x) is sigmoid(−x), never a subtraction. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: f64): f64 {
  const e = Math.exp(-Math.abs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/** The rounding error of s = a + b, exactly (Knuth's TwoSum); a − b is twoSumError(a, −b, s). */
// @ts-ignore: decorator
@inline
export function twoSumError(a: f64, b: f64, s: f64): f64 {
  const v = s - a;
  return (a - (s - v)) + (b - v);
}

/** The rounding error of p = a·b, exactly (Dekker's product; |a|, |b| < 2⁹⁹⁰). WebAssembly has no fused multiply-add. */
// @ts-ignore: decorator
@inline
export function twoProductError(a: f64, b: f64, p: f64): f64 {
  const ca = a * 134217729.0, ah = ca - (ca - a), al = a - ah;
  const cb = b * 134217729.0, bh = cb - (cb - b), bl = b - bh;
  return ((ah * bh - p) + ah * bl + al * bh) + al * bl;
}

/** Where exp(−x) has become 0. */
export const EXP_VANISHES: f64 = 746.0;
