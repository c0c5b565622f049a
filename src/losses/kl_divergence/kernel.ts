import { PARAMETERS } from "../../kernels/batch";
import { addToSum, divergenceTerm, endSum, startSum } from "../../kernels/rows/decomposition";
import {
  classes,
  difference,
  gradient,
  heavy,
  mass,
  NORMAL,
  othersOfHeavy,
  readRow,
  scaledLoss,
  slopeFactor,
  student,
  studentLog,
  target,
  targetLog,
  targetTimes,
  teacher,
} from "../../kernels/rows/divergence";
import { times } from "../../kernels/numerics/numerics";
import { rowwise } from "../../kernels/loops/rowwise";
import { setTemperature } from "../../kernels/rows/softmax";

// Parameters: temperature, scale_by_temperature_squared. p is the student, P the target, T its mass: L = T·KL(P‖p).

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    readRow(batch, row);
    const loss = divergence();
    const factor = slopeFactor(batch, scale) * mass;
    for (let j: usize = 0; j < classes; j++) store<f64>(gradient + (j << 3), times(difference(j), factor));
    return scaledLoss(batch, loss);
  }
}

function divergence(): f64 {
  // Labels on one class: the divergence is −log p, and keeps the digits of that.
  if (teacher == 0 && othersOfHeavy == 0.0) return mass * studentLog(heavy);
  startSum();
  for (let j: usize = 0; j < classes; j++) addToSum(term(j));
  return mass * endSum();
}

/** P·log(P/p) − P + p of class j. */
function term(j: usize): f64 {
  const u = target(j),
    p = student(j),
    surprise = studentLog(j);
  if (teacher == 0 || u > NORMAL) return divergenceTerm(u, p, surprise);
  const own = targetLog(j);
  return own == Infinity ? p : targetTimes(j, surprise - own) - u + p;
}

export function kl_divergence(batch: usize, from: usize, to: usize): void {
  setTemperature(load<f64>(batch + PARAMETERS));
  rowwise<OfLogits>(batch, from, to);
}
