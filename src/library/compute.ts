import type { Batch, BatchResult, Parts, Tensor, Tensors } from "../engine/batch.ts";
import { booleanTensors } from "../engine/batch.ts";
import { compute as computeBatch } from "../engine/compute.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { isTensor, optionFields, tensorFields } from "../losses/schemas.ts";
import { type Fault, Problem } from "../problems.ts";
import { engine } from "../wire/answer.ts";
import { completeBatch, findFieldFaults } from "../wire/json_request.ts";
import { isFault, isFloat32, readTensor } from "./tensors.ts";
import type {
  Float32Tensor,
  Float64Tensor,
  LossInput,
  LossName,
  LossRequest,
  LossResult,
  NumberTensor,
  Shaped,
} from "./types.ts";

type Data = Float64Array | Float32Array;

/**
 * Losses, gradients and what else `outputs` asks for, computed in the calling thread by the engine that the service
 * runs: the same numbers, to the bit. Tensors go back as Float32Array, rounded once, if the input is a Float32Array,
 * else as Float64Array. Throws a Problem: `unknown_loss`, or `invalid_request` whose `errors` name every fault.
 */
export function compute<Name extends LossName>(
  loss: Name,
  request: LossRequest<Name, Float32Tensor>,
): LossResult<Float32Array>;
export function compute<Name extends LossName>(
  loss: Name,
  request: LossRequest<Name, Float64Tensor>,
): LossResult<Float64Array>;
/** The same for a name that is known at run time only, aliases too: options are then checked at run time only. */
export function compute<Name extends string>(
  loss: string extends Name ? Name : never,
  request: LossInput<NumberTensor> & Readonly<Record<string, unknown>>,
): LossResult<Data>;
export function compute(name: string, request: object): LossResult<Data> {
  const loss = findLoss(name);
  if (!loss) throw new Problem("unknown_loss", `there is no loss called ${JSON.stringify(name)}`);
  const fields = new Map<string, unknown>(Object.entries(request).filter(([, value]) => value !== undefined));
  const input = fields.get("logits") ?? fields.get("probabilities");
  return resultOf(computeBatch(engine(), readBatch(loss, fields)), isFloat32(input));
}

/** Sorts fields into tensors and options, which the schema of the HTTP body checks. */
export function readBatch(loss: Loss, fields: Map<string, unknown>): Batch {
  // How infinities are written is a matter of text: arrays hold them as they are.
  const { nonfinite: _nonfinite, ...schemas } = optionFields(loss);
  const takes = tensorFields(loss);
  const tensors: Tensors = {};
  const faults: Fault[] = [];
  for (const [name, value] of fields) {
    if (!isTensor(name) || !takes[name]) continue;
    fields.delete(name);
    const tensor = readTensor(name, value, (booleanTensors as readonly string[]).includes(name));
    if (isFault(tensor)) faults.push(tensor);
    else tensors[name] = tensor;
  }
  faults.push(...findFieldFaults(fields, schemas, Object.keys(takes)));
  if (faults.length > 0) throw Problem.of(faults);
  return completeBatch(loss, tensors, fields, schemas);
}

function resultOf(result: BatchResult, float32: boolean): LossResult<Data> {
  const typed = ({ shape, data }: Tensor): Shaped<Data> => ({ shape, data: withoutNegativeZero(data, float32) });
  const { loss, losses, gradients, decomposition, probabilities, accuracy, denominator } = result;
  const [typedLosses, typedGradients] = [losses && typed(losses), gradients && typed(gradients)];
  return {
    ...(loss !== undefined && { loss }),
    ...(typedLosses && { losses: typedLosses }),
    ...(typedGradients && { gradients: typedGradients }),
    ...(result.gradientWrt === "probabilities" && { gradient_wrt: "probabilities" as const }),
    ...(decomposition && { decomposition: { ...partsOf(decomposition, typed), mean: decomposition.mean } }),
    ...(probabilities && { probabilities: typed(probabilities) }),
    ...(accuracy && { accuracy: { correct: typed(accuracy.correct), mean: accuracy.mean } }),
    reduction: result.reduction,
    ...(denominator !== undefined && { denominator }),
    loss_sum: result.lossSum,
    weight_sum: result.weightSum,
    valid_count: result.validCount,
    ignored_count: result.ignoredCount,
    // A double beyond the largest float32 is an infinity only now.
    nonfinite_count: countNonfinite(typedLosses) + countNonfinite(typedGradients),
  };
}

function partsOf(parts: Parts<Tensor>, typed: (tensor: Tensor) => Shaped<Data>): Parts<Shaped<Data>> {
  return {
    cross_entropy: typed(parts.cross_entropy),
    entropy: typed(parts.entropy),
    kl_divergence: typed(parts.kl_divergence),
  };
}

/** The numbers, rounded where they are to be, with −0 as 0 like in every format. */
function withoutNegativeZero(data: Float64Array, float32: boolean): Data {
  const out = float32 ? new Float32Array(data) : data;
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + 0;
  return out;
}

function countNonfinite(tensor: Shaped<Data> | undefined): number {
  let count = 0;
  for (const value of tensor?.data ?? []) if (!Number.isFinite(value)) count++;
  return count;
}
