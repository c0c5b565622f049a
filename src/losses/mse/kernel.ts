import { elementwise } from "../../kernels/loops/elementwise";

// Parameter: scale.
class SquaredError {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    // The scale goes to one factor of the square first: the square alone may leave the doubles.
    const d = z - y,
      scaled = load<f64>(parameters) * d;
    store<f64>(loss, scaled * d);
    store<f64>(gradient, 2.0 * scaled);
  }
}

export function mse(batch: usize, from: usize, to: usize): void {
  elementwise<SquaredError>(batch, from, to);
}
