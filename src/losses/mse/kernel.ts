import { elementwise } from "../../kernels/elementwise";

class SquaredError {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const d = z - y;
    store<f64>(loss, d * d);
    store<f64>(gradient, 2.0 * d);
  }
}

export function mse(batch: usize, from: usize, to: usize): void {
  elementwise<SquaredError>(batch, from, to);
}
