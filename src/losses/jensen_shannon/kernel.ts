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
  studentOverMixture,
  studentTimes,
  target,
  targetOverMixture,
} from "../../kernels/rows/divergence";
import { times } from "../../kernels/numerics/numerics";
import { rowwise } from "../../kernels/loops/rowwise";
import { setTemperature } from "../../kernels/rows/softmax";

// Parameters: temperature, scale_by_temperature_squared, beta. p is the student, P the target, M = β·P + (1−β)·p:
// L = β·KL(P‖M) + (1−β)·K with K = KL(p‖M).

class OfLogits {
  row(batch: usize, row: usize, scale: f64): f64 {
    const beta = load<f64>(batch + PARAMETERS + 16);
    readRow(batch, row);
    startSum();
    for (let j: usize = 0; j < classes; j++) addToSum(ofTargetIn(j, beta));
    const ofTarget = endSum();
    startSum();
    for (let j: usize = 0; j < classes; j++) addToSum(ofStudentIn(j, beta));
    const ofStudent = endSum();
    const factor = slopeFactor(batch, scale) * (1.0 - beta);
    for (let j: usize = 0; j < classes; j++) {
      store<f64>(gradient + (j << 3), times(studentTimes(j, studentOverMixture(j, beta) - ofStudent), factor));
    }
    return scaledLoss(batch, beta * ofTarget + (1.0 - beta) * ofStudent);
  }
}

/** M_j. */
// @ts-ignore: decorator
@inline
function mixture(j: usize, beta: f64): f64 {
  return beta * target(j) + (1.0 - beta) * student(j);
}

/** P·log(P/M) − P + M of class j. */
function ofTargetIn(j: usize, beta: f64): f64 {
  const u = target(j),
    ratio = targetOverMixture(j, beta);
  return part(u * ratio, u, mixture(j, beta), ratio);
}

/** p·log(p/M) − p + M of class j. */
function ofStudentIn(j: usize, beta: f64): f64 {
  const ratio = studentOverMixture(j, beta);
  return part(studentTimes(j, ratio), student(j), mixture(j, beta), ratio);
}

export function jensen_shannon(batch: usize, from: usize, to: usize): void {
  setTemperature(load<f64>(batch + PARAMETERS));
  rowwise<OfLogits>(batch, from, to);
}
