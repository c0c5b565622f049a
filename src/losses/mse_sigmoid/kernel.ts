import { expTail } from "../../kernels/numerics/doubled";
import { elementwise } from "../../kernels/loops/elementwise";
import { twoProductError, twoSumError } from "../../kernels/numerics/numerics";

class SigmoidSquaredError {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const e = Math.exp(-Math.abs(z)),
      total = 1.0 + e;
    // d = (1−y)σ(z) − yσ(−z), the common factor 1/(1+e) outside.
    const d = difference(z, y, e) / total;
    store<f64>(loss, d * d);
    store<f64>(gradient, 2.0 * d * (1.0 / total) * (e / total));
  }
}

/** (1−y)·1 − y·e for z ≥ 0, (1−y)·e − y·1 below. */
// @ts-ignore: decorator
@inline
function difference(z: f64, y: f64, e: f64): f64 {
  const up = z < 0.0 ? (1.0 - y) * e : 1.0 - y;
  const down = z < 0.0 ? y : y * e;
  const plain = up - down;
  if (up == 0.0 || down == 0.0) return plain;
  // Of a soft label's difference, what cancels is lost, and the square doubles it: e is needed to more digits.
  const factor = z < 0.0 ? 1.0 - y : -y;
  const constant = z < 0.0 ? -y : 1.0 - y;
  const oneMinus = 1.0 - y,
    constantTail = z < 0.0 ? 0.0 : twoSumError(1.0, -y, oneMinus);
  const factorTail = z < 0.0 ? twoSumError(1.0, -y, oneMinus) : 0.0;
  const product = factor * e;
  const sum = constant + product;
  return (
    sum +
    (twoSumError(constant, product, sum) +
      twoProductError(factor, e, product) +
      factor * expTail(-Math.abs(z), e) +
      factorTail * e +
      constantTail)
  );
}

export function mse_sigmoid(batch: usize, from: usize, to: usize): void {
  elementwise<SigmoidSquaredError>(batch, from, to);
}
