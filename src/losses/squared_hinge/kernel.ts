import { elementwise } from "../../kernels/loops/elementwise";

// Parameters: margin, label_encoding (0 signed, 1 binary).
class SquaredHinge {
  // @ts-ignore: decorator
  @inline
  element(z: f64, label: f64, parameters: usize, loss: usize, gradient: usize): void {
    const y = load<f64>(parameters + 8) != 0.0 ? 2.0 * label - 1.0 : label;
    const shortfall = Math.max(0.0, load<f64>(parameters) - y * z);
    store<f64>(loss, shortfall * shortfall);
    store<f64>(gradient, -2.0 * y * shortfall);
  }
}

export function squared_hinge(batch: usize, from: usize, to: usize): void {
  elementwise<SquaredHinge>(batch, from, to);
}
