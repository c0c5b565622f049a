import type { BatchResult } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { ResidentTensor } from "../../engine/resident.ts";
import { sizeOf } from "../../engine/shapes.ts";
import type { AnswerDatatype } from "../../json/datatypes.ts";
import { JsonWriter } from "../../json/writer.ts";
import { modelVersion } from "../../losses/schemas/models.ts";
import { replyEntries, replyTensors } from "../../losses/schemas/reply_fields.ts";
import { Problem } from "../../problems.ts";
import type { ReplyBounds } from "../job.ts";
import type { V2Request } from "./request.ts";

export interface V2Reply {
  /** The JSON and the blobs behind it, in one piece: two would be sent by two writes. */
  readonly bytes: Uint8Array;
  /** Bytes of JSON before the blobs; undefined where no output is binary. */
  readonly jsonLength?: number;
  /** Where the blob of each output that has a row an example begins and ends. */
  readonly marks: readonly number[];
}

interface Output {
  readonly name: string;
  readonly binary: boolean;
  readonly tensor: ResidentTensor;
}

/**
 * Writes a reply, into `replyMemory` if it fills it. Throws a Problem: reply_too_large, or invalid_request for an infinite
 * number where the caller wants none.
 */
export function writeV2Reply(
  engine: Engine,
  request: V2Request,
  result: BatchResult,
  { replyMemory, replyBytesMax }: ReplyBounds,
): V2Reply {
  const { batch, id, datatype, nonfinite, rows } = request;
  const tensors = tensorsOf(engine, result, datatype);
  const outputs = request.outputs.map(({ name, binary }): Output => ({ name, binary, tensor: tensors.get(name)! }));
  if (nonfinite === "error") refuseNonfinite(outputs, result.loss_sum);
  const writer = new JsonWriter(engine, { nonfinite, encoding: "nested", datatype }, replyBytesMax);
  writer.open();
  writer.raw("model_name", `"${batch.loss.name}"`);
  writer.raw("model_version", `"${modelVersion}"`);
  if (id !== undefined) writer.raw("id", toAscii(JSON.stringify(id)));
  writeParameters(writer, result, datatype);
  writer.raw("outputs", "[", false);
  for (const [i, output] of outputs.entries()) {
    if (i > 0) writer.close(",");
    writeOutput(writer, output, datatype, rows);
  }
  writer.close("]}");
  const inBinary = outputs.filter(({ binary }) => binary);
  const tensorsInBinary = inBinary.map(({ tensor }) => tensor);
  const bytes = writer.bytes(replyMemory, tensorsInBinary);
  const jsonLength = bytes.length - tensorsInBinary.reduce((sum, { data }) => sum + data.byteLength, 0);
  let end = jsonLength;
  const marks = inBinary.flatMap(({ name, tensor }) => {
    const begin = end;
    end += tensor.data.byteLength;
    return name === "loss" ? [] : [begin, end];
  });
  return { bytes, marks, ...(inBinary.length > 0 && { jsonLength }) };
}

/** The outputs that there are, in the reply's datatype, which is the engine's. */
function tensorsOf(engine: Engine, result: BatchResult, datatype: AnswerDatatype): ReadonlyMap<string, ResidentTensor> {
  const tensors = new Map<string, ResidentTensor>();
  const one = (value: number) => (datatype === "FP32" ? Float32Array.of(value) : Float64Array.of(value));
  for (const { name, field, member } of replyTensors) {
    const value = (result as Values)[field];
    const tensor = member === undefined ? value : (value as Values | undefined)?.[member];
    if (tensor instanceof ResidentTensor) tensors.set(name, tensor);
    // Some clients know no tensor without a dimension.
    else if (typeof tensor === "number") tensors.set(name, engine.storeInput({ shape: [1], data: one(tensor) }));
  }
  return tensors;
}

type Values = { readonly [name: string]: unknown };

const parametersInOrder = replyEntries
  .filter(([, { inV2 }]) => inV2 === "parameter")
  .sort(([, one], [, other]) => Number(one.shape === "word") - Number(other.shape === "word"));

/** What a reply says beside its tensors, numbers first: nothing that differs between two equal requests. */
function writeParameters(writer: JsonWriter, result: BatchResult, datatype: AnswerDatatype): void {
  writer.raw("parameters", "{", false);
  for (const [name, { shape }] of parametersInOrder) {
    const value = (result as Values)[name];
    if (typeof value === "number") writer.number(name, value, shape === "number" && datatype === "FP32");
    else if (value !== undefined) writer.raw(name, `"${value}"`);
  }
  writer.close("}");
}

/** `rows`: where this is one part of a reply, the examples of the whole on the outermost axis. */
function writeOutput(writer: JsonWriter, output: Output, datatype: AnswerDatatype, rows?: number): void {
  const { name, binary, tensor } = output;
  const shape = rows === undefined || name === "loss" ? tensor.shape : tensor.shape.with(0, rows);
  const { BYTES_PER_ELEMENT: width } = tensor.data;
  writer.open();
  writer.raw("name", `"${name}"`);
  writer.raw("datatype", `"${datatype}"`);
  writer.raw("shape", `[${shape}]`);
  // Some clients take any parameter of a JSON output for a fault, and read flat data only.
  if (binary) writer.raw("parameters", `{"binary_data_size":${sizeOf(shape) * width}}`);
  else writer.tensor("data", tensor.reshaped([tensor.data.length]));
  writer.close("}");
}

function refuseNonfinite(outputs: readonly Output[], lossSum: number): void {
  const refuse = (what: string) => {
    throw Problem.of([{ pointer: "/parameters/nonfinite", detail: `is "error", and ${what}` }]);
  };
  for (const { name, tensor } of outputs) {
    const { data } = tensor;
    const at = data.findIndex((value: number) => !Number.isFinite(value));
    if (at >= 0) refuse(`number ${at} of ${name} is ${data[at]}`);
  }
  if (!Number.isFinite(lossSum)) refuse(`loss_sum is ${lossSum}`);
}

/** A JSON text with what is not ASCII escaped: some clients count characters where the protocol counts bytes. */
function toAscii(json: string): string {
  return json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
