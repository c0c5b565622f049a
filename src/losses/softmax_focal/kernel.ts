import { CLASSES, GRADIENTS, LOGITS, PARAMETERS, PROBABILITIES } from "../../kernels/batch";
import { labelOf } from "../../kernels/rows/hard_label";
import { log1pLarge } from "../../kernels/numerics/log";
import { times } from "../../kernels/numerics/numerics";
import { rowwise } from "../../kernels/loops/rowwise";
import { exists, exponentials, negativeLog, rest, setTemperature, top, total } from "../../kernels/rows/softmax";
import { maskOf, sumExcept } from "../../kernels/rows/target";

// Parameters: gamma, alpha (below 0: off, else the address of one number a class). y is the label's class, p = p_y,
// q = 1 − p, ℓ = −log p.

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES),
      at = (row * classes) << 3;
    const logits = <usize>load<u32>(batch + LOGITS) + at,
      out = <usize>load<u32>(batch + GRADIENTS) + at;
    const gamma = load<f64>(batch + PARAMETERS),
      mask = maskOf(batch, row),
      y = labelOf(batch, row, classes);
    exponentials(logits, mask, classes, out);
    storeProbabilities(batch, at, classes, out);
    const own = load<f64>(out + (y << 3)),
      others = y == top ? rest : sumExcept(out, classes, y),
      sum = own + others;
    const p = own / sum,
      q = others / sum,
      alpha = alphaOf(batch, y);
    const surprise = exists(logits, mask, y)
      ? negativeLog(load<f64>(logits + (y << 3)), load<f64>(logits + (top << 3)), log1pLarge(rest))
      : Infinity;
    const modulation = gamma == 0.0 ? 1.0 : Math.pow(q, gamma);
    // p·ℓ is 0 at its limit, where ℓ is infinite.
    const slope = modulation * (times(p, gamma * (p == 0.0 ? 0.0 : surprise)) + q);
    const weighted = times(slope, alpha);
    // Shared out among the others; without any q is 0, and so is the slope.
    for (let j: usize = 0; j < classes; j++) {
      const part = weighted == 0.0 || j == y ? 0.0 : load<f64>(out + (j << 3)) / others;
      store<f64>(out + (j << 3), times(times(part, weighted), scale));
    }
    store<f64>(out + (y << 3), times(-weighted, scale));
    return times(times(modulation, surprise), alpha);
  }
}

// @ts-ignore: decorator
@inline
function alphaOf(batch: usize, y: usize): f64 {
  const alpha = load<f64>(batch + PARAMETERS + 8);
  return alpha < 0.0 ? 1.0 : load<f64>(<usize>alpha + (y << 3));
}

function storeProbabilities(batch: usize, at: usize, classes: usize, exponentials: usize): void {
  const probabilities: usize = load<u32>(batch + PROBABILITIES);
  if (probabilities == 0) return;
  for (let j: usize = 0; j < classes; j++) {
    store<f64>(probabilities + at + (j << 3), load<f64>(exponentials + (j << 3)) / total);
  }
}

export function softmax_focal(batch: usize, from: usize, to: usize): void {
  setTemperature(1.0);
  rowwise<OfLogits>(batch, from, to);
}
