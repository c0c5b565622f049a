import { elementwise } from "../../kernels/loops/elementwise";

/** What both parts of an overflowing difference are scaled by, with its square root. */
const ROOT: f64 = 1.0 / 256.0;
const SCALE: f64 = ROOT * ROOT;

/** From here on e^z is above y·z for every double y, by more than the doubles hold. */
const EXP_WINS: f64 = 720.0;

class Poisson {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const rate = Math.exp(z),
      product = y * z;
    if (z > 0.0 && (rate == Infinity || product == Infinity)) {
      overflowing(z, y, loss, gradient);
    } else {
      store<f64>(loss, rate - product);
      store<f64>(gradient, rate - y);
    }
  }
}

/** e^z or y·z is above the largest double, but their difference need not be: ∞ − ∞ is not the answer. */
function overflowing(z: f64, y: f64, loss: usize, gradient: usize): void {
  // The square root of e^z does not overflow, and its scaled square neither.
  const root = Math.exp(0.5 * z) * ROOT,
    rate = root * root;
  store<f64>(loss, z > EXP_WINS ? Infinity : (rate - SCALE * y * z) / SCALE);
  store<f64>(gradient, z > EXP_WINS ? Infinity : (rate - SCALE * y) / SCALE);
}

export function poisson_nll(batch: usize, from: usize, to: usize): void {
  elementwise<Poisson>(batch, from, to);
}
