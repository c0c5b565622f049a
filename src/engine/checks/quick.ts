// What is right at a glance: one pass of the engine over a tensor. Nearly every request is, and numbers.ts, which finds the
// numbers that are not, takes longer than the kernels.
import type { Batch, Tensor } from "../batch.ts";
import type { Engine } from "../engine.ts";
import { isFloat32, ResidentTensor } from "../resident.ts";
import type { Layout } from "../shapes.ts";

const largestDouble = Number.MAX_VALUE;
const largestFloat32 = 3.4028234663852886e38;

/** A row of probabilities may miss 1 by this much: half-precision softmaxes do. */
export const sumTolerance = 1e-3;

/** Whether the input is right at a glance, kept or not. False: it is to be looked at number by number. */
export function inputHolds(engine: Engine, { tensors }: Batch, layout: Layout): boolean {
  const { given, input, rowwise, classes } = layout;
  if (given === "logits") return areFinite(engine, input) && !(rowwise && (tensors.class_mask || classes === 0));
  return rowwise ? areDistributions(engine, input, layout) : isBetween(engine, input, 0, 1);
}

/** The same of the labels. */
export function labelsHold(engine: Engine, { loss, tensors, options }: Batch, layout: Layout): boolean {
  const { labelled, labels, rowwise, classes, distributions } = layout;
  if (labelled === "label_logits") return areFinite(engine, labels) && !tensors.class_mask && classes > 0;
  if (distributions) return loss.labels !== "class" && areDistributions(engine, labels, layout);
  // One class index a row is soon looked at.
  if (rowwise) return false;
  const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
  if (domain === "real") return areFinite(engine, labels);
  if (domain === "non_negative") return isBetween(engine, labels, 0, largestOf(labels));
  return domain === "unit" && isBetween(engine, labels, 0, 1);
}

function areFinite(engine: Engine, tensor: Tensor): boolean {
  return isBetween(engine, tensor, -largestOf(tensor), largestOf(tensor));
}

function largestOf(tensor: Tensor): number {
  return isFloat32(tensor) ? largestFloat32 : largestDouble;
}

/** One pass of the engine; false for what is not in its memory. */
function isBetween({ calls }: Engine, tensor: Tensor, low: number, high: number): boolean {
  if (!(tensor instanceof ResidentTensor)) return false;
  const pass = tensor.float32 ? calls.all_between_float32 : calls.all_between;
  return pass(tensor.address, tensor.count, low, high) !== 0;
}

/** Its sums are of another order: a row at the very edge is left to the sum that is told. */
function areDistributions({ calls }: Engine, tensor: Tensor, { examples, classes }: Layout): boolean {
  if (!(tensor instanceof ResidentTensor) || tensor.float32) return false;
  return calls.all_distributions(tensor.address, examples, classes, sumTolerance / 2) !== 0;
}
