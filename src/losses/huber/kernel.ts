import { elementwise } from "../../kernels/loops/elementwise";

// Parameters: delta.
class Huber {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const delta = load<f64>(parameters),
      d = z - y,
      size = Math.abs(d);
    // The half comes first: d·d overflows before its half does.
    store<f64>(loss, size <= delta ? 0.5 * d * d : line(z, y, size, delta));
    store<f64>(gradient, Math.max(-delta, Math.min(d, delta)));
  }
}

/** δ(|d| − ½δ). A difference that overflows is formed in halves: times a small δ it may be a double again. */
// @ts-ignore: decorator
@inline
function line(z: f64, y: f64, size: f64, delta: f64): f64 {
  if (size == Infinity) return 2.0 * delta * (Math.abs(0.5 * z - 0.5 * y) - 0.25 * delta);
  return delta * (size - 0.5 * delta);
}

export function huber(batch: usize, from: usize, to: usize): void {
  elementwise<Huber>(batch, from, to);
}
