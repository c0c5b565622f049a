import { PARAMETERS } from "../../kernels/batch";
import { addToSum, endSum, startSum } from "../../kernels/rows/decomposition";
import {
  classes,
  gradient,
  part,
  readRow,
  scaledLoss,
  slopeFactor,
  student,
  studentLog,
  studentOverMixture,
  studentTimes,
  target,
  targetLog,
} from "../../kernels/rows/divergence";
import { times } from "../../kernels/numerics/numerics";
import { rowwise } from "../../kernels/loops/rowwise";
import { setTemperature } from "../../kernels/rows/softmax";

// Parameters: temperature, scale_by_temperature_squared. p is the student, P the target: R = KL(p‖P).

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    readRow(batch, row);
    startSum();
    for (let j: usize = 0; j < classes; j++) {
      const ratio = studentOverMixture(j, 1.0);
      addToSum(part(studentTimes(j, ratio), student(j), target(j), ratio));
    }
    const loss = endSum();
    const factor = slopeFactor(batch, scale);
    if (loss == Infinity) storeInfinite(factor);
    else
      for (let j: usize = 0; j < classes; j++) {
        store<f64>(gradient + (j << 3), times(studentTimes(j, studentOverMixture(j, 1.0) - loss), factor));
      }
    return scaledLoss(batch, loss);
  }
}

/**
 * Where the target excludes a class that the student does not: out of it, into the classes that the target has. If it
 * has none of the student's, no step makes the loss finite, and the gradient is 0.
 */
function storeInfinite(factor: f64): void {
  let within = false;
  for (let j: usize = 0; j < classes; j++) within = within || (studentLog(j) < Infinity && targetLog(j) < Infinity);
  for (let j: usize = 0; j < classes; j++) {
    const slope = targetLog(j) < Infinity ? -Infinity : Infinity;
    store<f64>(gradient + (j << 3), within && studentLog(j) < Infinity ? times(slope, factor) : 0.0);
  }
}

export function reverse_kl(batch: usize, from: usize, to: usize): void {
  setTemperature(load<f64>(batch + PARAMETERS));
  rowwise<OfLogits>(batch, from, to);
}
