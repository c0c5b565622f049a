import { elementwise } from "../../kernels/loops/elementwise";

// Parameters: margin, label_encoding (0 signed, 1 binary), kink (0 zero, 1 half, 2 full).
class Hinge {
  // @ts-ignore: decorator
  @inline
  element(z: f64, label: f64, parameters: usize, loss: usize, gradient: usize): void {
    const margin = load<f64>(parameters);
    const y = load<f64>(parameters + 8) != 0.0 ? 2.0 * label - 1.0 : label;
    const inside = y * z < margin;
    store<f64>(loss, inside ? margin - y * z : 0.0);
    const atKink = y * z == margin ? 0.5 * load<f64>(parameters + 16) : 0.0;
    store<f64>(gradient, -y * (inside ? 1.0 : atKink));
  }
}

export function hinge(batch: usize, from: usize, to: usize): void {
  elementwise<Hinge>(batch, from, to);
}
