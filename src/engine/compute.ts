import * as at from "../kernels/batch.ts";
import { Problem } from "../problems.ts";
import type { Batch, BatchResult, Options } from "./batch.ts";
import { checkNumbers, findKept } from "./checks/numbers.ts";
import { checkOptions } from "./checks/options.ts";
import { withClassesLast } from "./class_axis.ts";
import type { Engine } from "./engine.ts";
import { accuracyOf } from "./outputs/accuracy.ts";
import { decompositionOf } from "./outputs/decomposition.ts";
import { alone } from "./peers.ts";
import { countOf } from "./resident.ts";
import { ResidentBatch } from "./resident_batch.ts";
import { layOut } from "./shapes.ts";
import { mend } from "./unbounded/mend.ts";

/**
 * Losses, gradients and what else the batch asks for. Throws a Problem (invalid_request) that names every fault it
 * found. The tensors returned lie in the engine's memory: whoever begins with the next batch resets the engine. Where
 * the batch is one part of several, its sums and counts are those of all of them, and its tensors its own.
 */
export function compute(engine: Engine, batch: Batch, peers = alone): BatchResult {
  const layout = layOut(batch);
  if (Array.isArray(layout)) throw Problem.of(layout);
  const last = withClassesLast(engine, batch, layout);
  const kept = findKept(last.batch, last.layout);
  const faults = [...checkOptions(batch, layout), ...checkNumbers(engine, last.batch, last.layout, kept)];
  if (faults.length > 0) throw Problem.of(faults);
  return run(new ResidentBatch(engine, last.batch, last.layout, kept, peers));
}

function run(resident: ResidentBatch): BatchResult {
  const { engine, batch, layout, kept, peers, count } = resident;
  const { options } = batch;
  const isReduced = options.reduction !== "none";
  const keptHere = kept ? kept.reduce((sum, one) => sum + one, 0) : count;
  const firstAxisHere = layout.shape[0] ?? 1;
  const [validCount, countInAll, firstAxis] = peers.totals(keptHere, count, firstAxisHere) as [number, number, number];
  const weightSum = resident.weights.sum(resident.address, peers) ?? validCount;
  const divisor = divisorOf(options, validCount, weightSum, firstAxis);
  const denominator = options.reduction === "mean" ? divisor : 1;
  if (denominator === 0 && options.on_empty === "error") {
    throw Problem.of([{ pointer: "", detail: 'nothing to average: the denominator is 0, and on_empty is "error"' }]);
  }
  engine.setNumber(resident.address + at.DENOMINATOR, denominator);
  runKernels(resident);
  const areFinite = mend(resident, denominator, runKernels);
  const lossSum = engine.sum(resident.field(at.LOSSES), count);
  peers.combine(engine, lossSum);
  const loss = resident.round(engine.calls.exact_sum_divide(lossSum, denominator));
  const losses = resident.perExample(at.LOSSES);
  const nonfinite = areFinite && !resident.float32 ? 0 : countNonfinite(resident, losses.address);
  // Every field has its place, whether there or not: V8 reads objects of one shape much faster.
  return {
    reduction: options.reduction,
    loss: isReduced ? loss : undefined,
    losses: resident.wants("losses") ? losses : undefined,
    gradients: resident.wants("gradients") ? resident.perInput(at.GRADIENTS) : undefined,
    decomposition: resident.wants("decomposition") ? decompositionOf(resident, divisor) : undefined,
    probabilities: resident.wants("probabilities") ? resident.perInput(at.PROBABILITIES) : undefined,
    accuracy: resident.wants("accuracy") ? accuracyOf(resident, validCount) : undefined,
    gradient_wrt: layout.given === "probabilities" ? layout.given : undefined,
    denominator: options.reduction === "mean" ? divisor : undefined,
    loss_sum: resident.round(engine.calls.exact_sum_round(lossSum)),
    weight_sum: weightSum,
    summands: batch.wantsSummands ? summandsOf(resident) : undefined,
    valid_count: validCount,
    ignored_count: countInAll - validCount,
    nonfinite_count: peers.totals(nonfinite)[0]! + Number(isReduced && !Number.isFinite(loss)),
  };
}

/** What a mean divides by. */
function divisorOf({ mean_over }: Options, validCount: number, weightSum: number, firstAxis: number): number {
  if (mean_over === "count") return validCount;
  if (mean_over === "first_axis") return firstAxis;
  return mean_over === "weights" ? weightSum : mean_over;
}

function runKernels(resident: ResidentBatch): void {
  const { engine, layout, batch, address, count } = resident;
  const name = layout.given === "logits" ? batch.loss.name : `${batch.loss.name}_given_probabilities`;
  const kernel = engine.kernel(name);
  if (!kernel) throw new Error(`the engine has no kernel ${name}`);
  kernel(address, 0, count);
  // A rowwise kernel fills these as it goes, because it has the row's exponentials at hand.
  if (layout.rowwise) return;
  if (resident.wants("decomposition")) engine.kernel(`${name}_decomposition`)?.(address, 0, count);
  if (!resident.wants("probabilities")) return;
  if (layout.given === "logits") engine.calls.sigmoid_probabilities(address, 0, count);
  else engine.calls.given_probabilities(address, 0, count);
}

function summandsOf(resident: ResidentBatch): NonNullable<BatchResult["summands"]> {
  const losses = resident.engine.numbers(resident.field(at.LOSSES), resident.count).slice();
  return { losses, weights: resident.weights.products(resident.address) };
}

function countNonfinite(resident: ResidentBatch, losses: number): number {
  const { engine, float32, layout, count } = resident;
  const { calls } = engine;
  const countIn = float32 ? calls.count_nonfinite_float32 : calls.count_nonfinite;
  const gradients = resident.wants("gradients") ? countIn(resident.field(at.GRADIENTS), countOf(layout.input)) : 0;
  return gradients + (resident.wants("losses") ? countIn(losses, count) : 0);
}
