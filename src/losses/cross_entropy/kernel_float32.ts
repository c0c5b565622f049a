// Rows of float32 logits with a class index, without smoothing, a class mask or a temperature.
import { CLASSES, GRADIENTS, LABELS, LOGITS, PROBABILITIES, SCRATCH } from "../../kernels/batch";
import { storeParts } from "../../kernels/rows/decomposition";
import { shortGreatest, shortRest, storeProducts, storeShort } from "../../kernels/loops/float32_rows";
import { log1pLarge } from "../../kernels/numerics/log";
import { classWeight } from "../../kernels/rows/target";

export class ShortOfClass {
  row(batch: usize, row: usize, scale: f64): f64 {
    const classes: usize = load<u32>(batch + CLASSES),
      at = (row * classes) << 2,
      e: usize = load<u32>(batch + SCRATCH);
    const logits = <usize>load<u32>(batch + LOGITS) + at,
      out = <usize>load<u32>(batch + GRADIENTS) + at;
    if (!storeShort(logits, classes, e)) return NaN;
    const total = 1.0 + shortRest,
      y = <usize>load<f64>(<usize>load<u32>(batch + LABELS) + (row << 3));
    const weight = classWeight(batch, y),
      factor = (scale / total) * weight;
    // Infinite, or an infinite scale times a weight of 0.
    if (!(factor < Infinity)) return NaN;
    const probabilities: usize = load<u32>(batch + PROBABILITIES);
    if (probabilities != 0) storeProducts(e, classes, 1.0 / total, probabilities + at);
    storeProducts(e, classes, factor, out);
    const own = load<f64>(e + (y << 3)),
      others = own == 1.0 ? shortRest : total - own;
    // What rounds to −0 becomes 0.
    store<f32>(out + (y << 2), <f32>(-others * factor) + <f32>0.0);
    const loss = weight * (shortGreatest - <f64>load<f32>(logits + (y << 2)) + log1pLarge(shortRest));
    storeParts(batch, row, loss, 0.0, loss);
    return loss;
  }
}
