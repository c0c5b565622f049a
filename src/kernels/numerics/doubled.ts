// exp with twice the digits of a double, for the rare place where two nearly equal numbers are subtracted.
import { twoProductError, twoSumError } from "./numerics";

// log 2 in three parts: an integer below 2¹² times either of the first two is exact.
const LN2_HIGH: f64 = 0.693147180559663;
const LN2_MIDDLE: f64 = 2.8235290563014906e-13;
const LN2_LOW: f64 = 1.667085920830552e-25;

/** Terms of the Taylor series on |r| ≤ ½·log 2 that make up 106 bits. */
const TERMS: i32 = 24;

// The value at hand is hi + lo, |lo| at most half a unit in the last place of hi.
let hi: f64 = 0.0;
let lo: f64 = 0.0;

function set(a: f64, b: f64): void {
  hi = a + b;
  lo = twoSumError(a, b, hi);
}

function multiply(a: f64, b: f64): void {
  const p = hi * a;
  set(p, twoProductError(hi, a, p) + (hi * b + lo * a));
}

function add(a: f64, b: f64): void {
  const s = hi + a;
  set(s, twoSumError(hi, a, s) + (lo + b));
}

function divide(n: f64): void {
  const q = hi / n,
    p = q * n;
  set(q, (hi - p - twoProductError(q, n, p) + lo) / n);
}

/** exp(x) − e for −700 ≤ x ≤ 0 and e the double next to exp(x); 0 below, where the difference is no double. */
export function expTail(x: f64, e: f64): f64 {
  if (x < -700.0) return 0.0;
  const k = nearest(x * 1.4426950408889634);
  set(x, -k * LN2_HIGH);
  add(-k * LN2_MIDDLE, -k * LN2_LOW);
  const r = hi,
    rTail = lo;
  set(1.0, 0.0);
  for (let n = TERMS; n >= 1; n--) {
    multiply(r, rTail);
    divide(<f64>n);
    add(1.0, 0.0);
  }
  const power = reinterpret<f64>((<u64>(1023 + <i32>k)) << 52);
  return hi * power - e + lo * power;
}
