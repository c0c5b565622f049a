import { elementwise } from "../../kernels/loops/elementwise";

// Parameters: beta.
class SmoothAbsoluteError {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const beta = load<f64>(parameters),
      d = z - y,
      size = Math.abs(d);
    if (size < beta) {
      // The quotient is below 1: in this order nothing overflows, however large d or small β is.
      const ratio = d / beta;
      store<f64>(loss, 0.5 * (d * ratio));
      store<f64>(gradient, ratio);
    } else {
      store<f64>(loss, line(z, y, size, beta));
      store<f64>(gradient, d < 0.0 ? -1.0 : 1.0);
    }
  }
}

/** |d| − ½β. A difference that overflows is formed in halves: less a large β it may be a double again. */
// @ts-ignore: decorator
@inline
function line(z: f64, y: f64, size: f64, beta: f64): f64 {
  if (size == Infinity) return 2.0 * (Math.abs(0.5 * z - 0.5 * y) - 0.25 * beta);
  return size - 0.5 * beta;
}

export function smooth_l1(batch: usize, from: usize, to: usize): void {
  elementwise<SmoothAbsoluteError>(batch, from, to);
}
