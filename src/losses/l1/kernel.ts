import { elementwise } from "../../kernels/loops/elementwise";

class AbsoluteError {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    store<f64>(loss, Math.abs(z - y));
    store<f64>(gradient, z > y ? 1.0 : z < y ? -1.0 : 0.0);
  }
}

export function l1(batch: usize, from: usize, to: usize): void {
  elementwise<AbsoluteError>(batch, from, to);
}
