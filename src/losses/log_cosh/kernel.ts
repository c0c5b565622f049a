import { elementwise } from "../../kernels/loops/elementwise";

const LN2: f64 = 0.6931471805599453;

/** Terms of the series of cosh d − 1 that decide a double for |d| < 1: the next is below 2⁻⁶⁰. */
const TERMS: i32 = 9;

class LogCosh {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const d = z - y,
      size = Math.abs(d);
    // |d| − log 2 comes first: near 1 that difference is exact.
    store<f64>(loss, size < 1.0 ? Math.log1p(coshLessOne(d)) : size - LN2 + Math.log1p(Math.exp(-2.0 * size)));
    store<f64>(gradient, Math.tanh(d));
  }
}

/** cosh d − 1 = Σ d²ⁿ/(2n)! from n = 1 on, for |d| < 1: the number 2·sinh²(d/2) with less rounding. */
function coshLessOne(d: f64): f64 {
  const square = d * d;
  let sum = 1.0;
  for (let n = TERMS; n > 1; n--) sum = 1.0 + (sum * square) / <f64>(2 * n * (2 * n - 1));
  return 0.5 * d * d * sum;
}

export function log_cosh(batch: usize, from: usize, to: usize): void {
  elementwise<LogCosh>(batch, from, to);
}
