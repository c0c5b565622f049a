import { CLASSES, GRADIENTS, LOGITS, PARAMETERS } from "../../kernels/batch";
import { labelOf } from "../../kernels/rows/hard_label";
import { shortfall } from "../../kernels/rows/margin";
import { rowwise } from "../../kernels/loops/rowwise";
import { exists } from "../../kernels/rows/softmax";
import { maskOf } from "../../kernels/rows/target";

// Parameter: margin. y is the label's class; the rival is the first of the best others that exist.

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES),
      at = (row * classes) << 3;
    const logits = <usize>load<u32>(batch + LOGITS) + at,
      out = <usize>load<u32>(batch + GRADIENTS) + at;
    const mask = maskOf(batch, row),
      y = labelOf(batch, row, classes);
    memory.fill(out, 0, classes << 3);
    let rival = classes,
      best = -Infinity;
    for (let j: usize = 0; j < classes; j++) {
      const z = load<f64>(logits + (j << 3));
      if (j == y || z <= best || !exists(logits, mask, j)) continue;
      rival = j;
      best = z;
    }
    // Without a rival nothing can come too close.
    if (rival == classes) return 0.0;
    // A label's class that does not exist is below all others, by any margin.
    const loss = exists(logits, mask, y)
      ? shortfall(load<f64>(batch + PARAMETERS), best, load<f64>(logits + (y << 3)))
      : Infinity;
    if (loss <= 0.0) return 0.0;
    store<f64>(out + (y << 3), 0.0 - scale);
    store<f64>(out + (rival << 3), scale);
    return loss;
  }
}

export function multiclass_hinge(batch: usize, from: usize, to: usize): void {
  rowwise<OfLogits>(batch, from, to);
}
