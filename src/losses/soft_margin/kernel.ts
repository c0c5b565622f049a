import { elementwise } from "../../kernels/loops/elementwise";
import { sigmoid, softplus } from "../../kernels/numerics/numerics";

// Parameters: label_encoding (0 signed, 1 binary).
class SoftMargin {
  // @ts-ignore: decorator
  @inline
  element(z: f64, label: f64, parameters: usize, loss: usize, gradient: usize): void {
    const y = load<f64>(parameters) != 0.0 ? 2.0 * label - 1.0 : label;
    store<f64>(loss, softplus(-y * z));
    store<f64>(gradient, -y * sigmoid(-y * z));
  }
}

export function soft_margin(batch: usize, from: usize, to: usize): void {
  elementwise<SoftMargin>(batch, from, to);
}
