import type { Batch, Numbers, Reduction, Tensor, Tensors } from "../engine/batch.ts";
import { compute as computeBatch } from "../engine/compute.ts";
import { engine } from "../engine/instance.ts";
import { noLoss } from "../losses/hints/names.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { isTensor, optionFields, tensorFields } from "../losses/schemas/fields.ts";
import { type Field, type Output, replyEntries } from "../losses/schemas/reply_fields.ts";
import { booleanTensors } from "../losses/schemas/tensor_names.ts";
import { type Fault, Problem } from "../problems.ts";
import { completeBatch, findFieldFaults } from "../request/fields.ts";
import { isFault, readTensor } from "./tensors.ts";
import type {
  Asked,
  DefaultOutputs,
  Float32Tensor,
  Float64Tensor,
  LossInput,
  LossName,
  LossRequest,
  LossResult,
  NumberTensor,
} from "./types.ts";

/**
 * Losses, gradients and what else `outputs` asks for, computed in the calling thread by the engine that the service
 * runs: the same numbers, to the bit. Tensors go back as Float32Array, rounded once, if the input is a Float32Array,
 * else as Float64Array. Throws a Problem: `unknown_loss`, or `invalid_request` whose `errors` name every fault.
 */
export function compute<
  Name extends LossName,
  const Outputs extends readonly Output[] = DefaultOutputs,
  const Chosen extends Reduction = "mean",
>(
  loss: Name,
  request: LossRequest<Name, Float32Tensor> & Asked<Outputs, Chosen>,
): LossResult<Float32Array, Outputs, Chosen>;
export function compute<
  Name extends LossName,
  const Outputs extends readonly Output[] = DefaultOutputs,
  const Chosen extends Reduction = "mean",
>(
  loss: Name,
  request: LossRequest<Name, Float64Tensor> & Asked<Outputs, Chosen>,
): LossResult<Float64Array, Outputs, Chosen>;
/** The same for a name that is known at run time only, aliases too: options are then checked at run time only. */
export function compute<Name extends string>(
  loss: string extends Name ? Name : never,
  request: LossInput<NumberTensor> & Readonly<Record<string, unknown>>,
): LossResult<Numbers>;
export function compute(name: string, request: object): LossResult<Numbers> {
  const loss = findLoss(name);
  if (!loss) throw new Problem("unknown_loss", noLoss(name));
  const fields = new Map<string, unknown>(Object.entries(request).filter(([, value]) => value !== undefined));
  engine().reset();
  return ownedFields(replyEntries, computeBatch(engine(), readBatch(loss, fields))) as LossResult<Numbers>;
}

/** Sorts fields into tensors and options, which the schema of the HTTP body checks. */
export function readBatch(loss: Loss, fields: Map<string, unknown>): Batch {
  // How numbers are written is a matter of text: arrays hold them as they are.
  const { nonfinite: _nonfinite, encoding: _encoding, ...schemas } = optionFields(loss);
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

/** The fields of a reply with tensors that own their memory: the engine's is for the next request. */
function ownedFields(fields: readonly (readonly [string, Field])[], values: object): object {
  const owned = fields.flatMap(([name, field]) => {
    const value = (values as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) return [];
    if (field.shape === "group") return [[name, ownedFields(Object.entries(field.fields), value as object)]];
    return [[name, typeof value === "object" ? ownedTensor(value as Tensor) : value]];
  });
  return Object.fromEntries(owned);
}

function ownedTensor({ shape, data }: Tensor): Tensor {
  return { shape, data: data.slice() };
}
