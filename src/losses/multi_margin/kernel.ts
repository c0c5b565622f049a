import { CLASSES, GRADIENTS, LOGITS, PARAMETERS } from "../../kernels/batch";
import { addToSum, endSum, startSum } from "../../kernels/rows/decomposition";
import { labelOf } from "../../kernels/rows/hard_label";
import { shortfall } from "../../kernels/rows/margin";
import { times } from "../../kernels/numerics/numerics";
import { rowwise } from "../../kernels/loops/rowwise";
import { exists } from "../../kernels/rows/softmax";
import { classWeight, maskOf } from "../../kernels/rows/target";

// Parameters: p (1 or 2), margin. y is the label's class, w its weight, v_j = m + z_j − z_y.

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES),
      at = (row * classes) << 3;
    const logits = <usize>load<u32>(batch + LOGITS) + at,
      out = <usize>load<u32>(batch + GRADIENTS) + at;
    const squared = load<f64>(batch + PARAMETERS) == 2.0,
      margin = load<f64>(batch + PARAMETERS + 8);
    const mask = maskOf(batch, row),
      y = labelOf(batch, row, classes),
      weight = classWeight(batch, y);
    const present = exists(logits, mask, y),
      own = load<f64>(logits + (y << 3));
    let count = 0.0;
    startSum();
    for (let j: usize = 0; j < classes; j++) {
      if (exists(logits, mask, j)) count += 1.0;
      let v = 0.0;
      // A label's class that does not exist is below all others, by any margin.
      if (j != y && exists(logits, mask, j))
        v = present ? Math.max(0.0, shortfall(margin, load<f64>(logits + (j << 3)), own)) : Infinity;
      addToSum(squared ? v * v : v);
      // The slope of v^p.
      store<f64>(out + (j << 3), squared ? 2.0 * v : v > 0.0 ? 1.0 : 0.0);
    }
    const loss = times(endSum(), weight) / count;
    startSum();
    for (let j: usize = 0; j < classes; j++) addToSum(load<f64>(out + (j << 3)));
    store<f64>(out + (y << 3), -endSum());
    for (let j: usize = 0; j < classes; j++) {
      const slope = times(load<f64>(out + (j << 3)), weight) / count;
      store<f64>(out + (j << 3), times(slope, scale));
    }
    return loss;
  }
}

export function multi_margin(batch: usize, from: usize, to: usize): void {
  rowwise<OfLogits>(batch, from, to);
}
