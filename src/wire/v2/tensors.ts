import type { Numbers, Tensor } from "../../engine/batch.ts";
import { copyBytes } from "../../engine/copy.ts";
import type { Engine } from "../../engine/engine.ts";
import { ResidentTensor } from "../../engine/resident.ts";
import { pointerTo, sameShape, show as showShape, sizeOf } from "../../engine/shapes.ts";
import { type Datatype, datatypes, decodeNumbers, findNonBoolean, isDatatype } from "../../json/datatypes.ts";
import { depthMax } from "../../json/reader.ts";
import { isTensor } from "../../losses/schemas/fields.ts";
import { isBoolean } from "../../losses/schemas/models.ts";
import type { TensorName } from "../../losses/schemas/tensor_names.ts";
import { type Fault, faultsMax, Problem, quoted, show } from "../../problems.ts";
import { fieldHint } from "../../request/hints.ts";
import { hasJsonForm, type Members, type V2Input } from "./envelope.ts";

/** An input whose head is right: its numbers are JSON `data`, or a blob of `blobBytes`. */
export interface CheckedInput {
  readonly pointer: string;
  readonly name: TensorName;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data?: ResidentTensor;
  readonly blobBytes: number;
}

const parameterNames = ["binary_data_size", "content_type"];
const booleanDatatypes: readonly Datatype[] = ["BOOL", "UINT8"];
const labelDatatypes = Object.keys(datatypes) as Datatype[];
const numberDatatypes = labelDatatypes.filter((datatype) => datatype !== "BOOL");

/** Checks what an input's JSON says of it. Throws a Problem (too_many_elements) for a shape that is too large. */
export function checkInput(input: V2Input, takes: readonly string[], elementsMax: number): CheckedInput | Fault {
  const { pointer, name, datatype, shape, parameters, inJson, data } = input;
  const fault = (member: string, detail: string): Fault => ({ pointer: `${pointer}${member}`, detail });
  if (typeof name !== "string" || !isTensor(name) || !takes.includes(name)) {
    const hint = typeof name === "string" ? fieldHint(name, takes) : "";
    return fault(
      "/name",
      `is ${showGiven(name)}, which is no input of this loss${hint && ` (${hint})`}: it takes ${takes.join(", ")}`,
    );
  }
  const allowed = isBoolean(name) ? booleanDatatypes : name === "labels" ? labelDatatypes : numberDatatypes;
  if (!isDatatype(datatype) || !allowed.includes(datatype)) {
    return fault("/datatype", `is ${showGiven(datatype)}, but ${name} may be ${allowed.join(", ")}`);
  }
  if (inJson && !hasJsonForm(datatype)) {
    return fault("/datatype", `is ${datatype}, which goes as a binary tensor only: send FP32, or binary_data_size`);
  }
  if (!isShape(shape)) {
    const must = `must be a list of at most ${depthMax} whole numbers, each at least 0`;
    return fault("/shape", `is ${showGiven(shape)}, but ${must}`);
  }
  checkSize(pointer, shape, elementsMax);
  const unknown = findUnknown(parameters, parameterNames);
  if (unknown) return fault("/parameters", unknown);
  const blobBytes = parameters.get("binary_data_size");
  if (inJson && blobBytes !== undefined) return fault("", "has both data and the parameter binary_data_size");
  if (inJson)
    return data instanceof ResidentTensor ? { pointer, name, datatype, shape, data, blobBytes: 0 } : (data as Fault);
  if (blobBytes === undefined) return fault("", "has neither data nor the parameter binary_data_size");
  const expected = sizeOf(shape) * datatypes[datatype].bytes;
  if (blobBytes === expected) return { pointer, name, datatype, shape, blobBytes: expected };
  const detail = `is ${show(blobBytes)}, but ${datatype} of ${showShape(shape)} has ${expected} bytes`;
  return fault("/parameters/binary_data_size", detail);
}

/** What is wrong with the parameters of a tensor. */
export function findUnknown(parameters: Members, names: readonly string[]): string | undefined {
  for (const name of parameters.keys()) {
    if (!names.includes(name)) return `has ${quoted(name)}, which is not served here: it takes ${names.join(", ")}`;
  }
  return undefined;
}

function isShape(shape: unknown): shape is readonly number[] {
  if (!Array.isArray(shape) || shape.length > depthMax) return false;
  return shape.every((length) => Number.isSafeInteger(length) && length >= 0);
}

/** A dimension of 0 makes the product 0, whatever the others are: none of them may be absurd. */
function checkSize(pointer: string, shape: readonly number[], elementsMax: number): void {
  const size = sizeOf(shape.map((length) => Math.max(length, 1)));
  if (size <= elementsMax) return;
  const detail = `${pointer}/shape: ${showShape(shape)} is more than ELEMENTS_MAX = ${elementsMax} numbers`;
  throw new Problem("too_many_elements", detail);
}

export function showGiven(value: unknown): string {
  return value === undefined ? "missing" : show(value);
}

/** The tensor of JSON data, which was read flat or nested, as doubles. */
export function tensorOfData(engine: Engine, input: CheckedInput, data: ResidentTensor, faults: Fault[]): Tensor {
  const { name, datatype, shape } = input;
  const isFlat = data.shape.length === 1 && data.shape[0] === sizeOf(shape);
  if (!isFlat && !sameShape(data.shape, shape)) {
    const detail = `has data of ${showShape(data.shape)}, but its shape says ${showShape(shape)}: flat, or nested like it`;
    faults.push({ pointer: `/${name}`, detail });
  } else if (datatype === "FP32") return toSingles(engine, input, data, faults);
  else if (datatype !== "FP64" && datatype !== "BOOL") checkIntegers(input, data.data, faults);
  return data.reshaped(shape);
}

/** The tensor of a blob, in the engine's memory: as it is where the engine computes with its datatype. */
export function tensorOfBlob(engine: Engine, input: CheckedInput, blob: Uint8Array, faults: Fault[]): Tensor {
  const { name, datatype, shape } = input;
  const { bytes, single } = datatypes[datatype];
  const isAsItIs = datatype === "FP32" || datatype === "FP64";
  const address = engine.claim(isAsItIs ? blob.length : (blob.length / bytes) * (single ? 4 : 8));
  const tensor = new ResidentTensor(engine, address, shape, single);
  if (isAsItIs) copyBytes(blob, engine.bytes(address, blob.length));
  else decodeNumbers(datatype, blob, tensor.data);
  if (datatype === "BOOL" || isBoolean(name)) {
    const at = findNonBoolean(blob);
    const detail = `is the byte ${blob[at]}, but must be 0 or 1`;
    if (at >= 0) faults.push({ pointer: pointerTo(name, shape, at), detail });
  } else if (datatype === "INT64" || datatype === "UINT64") checkIntegers(input, tensor.data, faults);
  return tensor;
}

function toSingles(engine: Engine, { name, shape }: CheckedInput, doubles: ResidentTensor, faults: Fault[]): Tensor {
  const singles = new ResidentTensor(engine, engine.claim(doubles.data.length * 4), shape, true);
  const [from, to] = [doubles.data, singles.data];
  to.set(from);
  for (let i = 0; i < to.length && faults.length < faultsMax; i++) {
    if (Number.isFinite(to[i]) || !Number.isFinite(from[i])) continue;
    faults.push({ pointer: pointerTo(name, shape, i), detail: `is ${from[i]}, beyond the largest FP32` });
  }
  return singles;
}

/** The least and the greatest of each kind of integers; those of 64 bits as far as a double tells them apart. */
const bounds: Partial<Record<Datatype, readonly [number, number]>> = {
  INT8: [-0x80, 0x7f],
  INT16: [-0x8000, 0x7fff],
  INT32: [-0x80000000, 0x7fffffff],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UINT8: [0, 0xff],
  UINT16: [0, 0xffff],
  UINT32: [0, 0xffffffff],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
};

function checkIntegers({ name, datatype, shape }: CheckedInput, numbers: Numbers, faults: Fault[]): void {
  const [least, greatest] = isBoolean(name) ? [0, 1] : bounds[datatype]!;
  for (let i = 0; i < numbers.length && faults.length < faultsMax; i++) {
    const value = numbers[i]!;
    if (Number.isInteger(value) && value >= least && value <= greatest) continue;
    const detail = `is ${value}, but ${name} of ${datatype} are whole numbers in [${least}, ${greatest}]`;
    faults.push({ pointer: pointerTo(name, shape, i), detail });
  }
}
