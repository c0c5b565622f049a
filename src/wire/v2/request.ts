import type { TSchema } from "typebox";
import type { Batch, Tensors } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { sizeOf } from "../../engine/shapes.ts";
import { type AnswerDatatype, answerDatatype } from "../../json/datatypes.ts";
import { noObject } from "../../json/hints.ts";
import { BodyText } from "../../json/nested.ts";
import { openBrace } from "../../json/scan.ts";
import { readingUtf8 } from "../../json/utf8.ts";
import type { ReplyForm } from "../../json/writer.ts";
import { didYouMean } from "../../losses/hints/nearest.ts";
import type { Loss } from "../../losses/loss.ts";
import { optionFields, tensorFields } from "../../losses/schemas/fields.ts";
import { defaultModelOutputs, modelOutputs, parameterFields } from "../../losses/schemas/models.ts";
import { outputsOf, replyTensors } from "../../losses/schemas/reply_fields.ts";
import { type Fault, faultIn, faultsMax, Problem, show } from "../../problems.ts";
import { completeBatch, findFieldFaults } from "../../request/fields.ts";
import { type OptionSchema, typed } from "../../request/option_text.ts";
import type { PartNumber } from "../parts/json_rows.ts";
import { cutInputs, type InputOfPart } from "../parts/v2_rows.ts";
import { type AskedOutput, EnvelopeReader, type Members, type V2Envelope, type V2Output } from "./envelope.ts";
import { V2JsonReader } from "./json_reader.ts";
import { type CheckedInput, checkInput, findUnknown, showGiven, tensorOfBlob, tensorOfData } from "./tensors.ts";

export interface V2Request {
  readonly batch: Batch;
  readonly id?: string;
  readonly datatype: AnswerDatatype;
  readonly outputs: readonly AskedOutput[];
  readonly nonfinite: ReplyForm["nonfinite"];
  /** Where this is one part of a request: rows of the whole. */
  readonly rows?: number;
}

/** What a loss takes and gives: made once, and not for every request. */
interface Model {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: Record<string, TSchema>;
  /** The parameters, and the options of a batch that a request of this protocol asks for in another way. */
  readonly options: Record<string, TSchema>;
}

const known = new Map<Loss, Model>();

function modelOf(loss: Loss): Model {
  let model = known.get(loss);
  if (!model) {
    const parameters = parameterFields(loss);
    const outputs = modelOutputs(loss).map(({ name }) => name);
    const options = { ...optionFields(loss), ...parameters };
    model = { inputs: Object.keys(tensorFields(loss)), outputs, parameters, options };
    known.set(loss, model);
  }
  return model;
}

/** What clients add of their own beside an infer call's options: none of it changes a loss. */
const clientsOwn = new Set(["priority", "timeout", "headers", "content_type", "binary_data_output"]);
const isClientsOwn = (name: string) => clientsOwn.has(name) || /^(?:sequence_(?:id|start|end)$|triton_)/.test(name);

const outputParameters = ["binary_data", "content_type"];

/**
 * Reads a request of the Open Inference Protocol: JSON of `jsonLength` bytes and the blobs of its binary tensors, or JSON
 * alone. Throws a Problem: what a v1 body throws, and invalid_request for what does not fit the protocol. With a
 * `partNumber` it reads that part's rows, and throws an Abandoned where the request cannot be cut.
 */
export function readV2Request(
  engine: Engine,
  loss: Loss,
  body: Uint8Array,
  jsonLength: number | undefined,
  elementsMax: number,
  partNumber?: PartNumber,
): V2Request {
  const faults: Fault[] = [];
  const envelope = readEnvelope(engine, body, jsonLength, elementsMax, faults);
  const model = modelOf(loss);
  const { fields, binary } = readParameters(envelope.parameters, model.parameters, faults);
  if (envelope.id !== undefined && typeof envelope.id !== "string") {
    faults.push({ pointer: "/id", detail: `is ${show(envelope.id)}, but must be a string` });
  }
  const outputs = readOutputs(loss, envelope.outputs, binary, faults);
  const inputs = checkInputs(loss, envelope, elementsMax, faults);
  if (faults.length > 0) throw Problem.of(faults);
  const part = partNumber && cutInputs(loss, inputs, outputs, partNumber);
  const tensors = readTensors(engine, inputs, body.subarray(jsonLength ?? body.length), faults, part?.inputs);
  if (faults.length > 0) throw Problem.of(faults);
  fields.set("outputs", engineOutputs(loss, new Set(outputs.map(({ name }) => name))));
  const batch = completeBatch(loss, tensors, fields, model.options);
  const input = inputs.find(({ name }) => name === "logits" || name === "probabilities");
  return {
    batch,
    ...(typeof envelope.id === "string" && { id: envelope.id }),
    datatype: answerDatatype(input?.datatype ?? "FP64"),
    outputs: batch.options.reduction === "none" ? withoutLoss(outputs, envelope) : outputs,
    nonfinite: batch.options["nonfinite"] as ReplyForm["nonfinite"],
    ...(part && { rows: part.rows }),
  };
}

function readEnvelope(
  engine: Engine,
  body: Uint8Array,
  jsonLength: number | undefined,
  elementsMax: number,
  faults: Fault[],
): V2Envelope {
  if (jsonLength !== undefined && jsonLength > body.length) {
    const detail = `Inference-Header-Content-Length is ${jsonLength}, but the body has ${body.length} bytes`;
    throw new Problem("invalid_request", detail);
  }
  const json = body.subarray(0, jsonLength);
  const hint =
    jsonLength === undefined
      ? " (all of the body is JSON, as no header Inference-Header-Content-Length says where binary tensors begin)"
      : "";
  return readingUtf8(json, `the JSON is not valid UTF-8${hint}`, () => {
    const reader = new V2JsonReader(json);
    if (reader.peek() < 0) throw new Problem("invalid_json", "the body is empty: expected an object at byte 0");
    if (reader.peek() !== openBrace) throw noObject(reader);
    const envelope = new EnvelopeReader(reader, new BodyText(engine, json, elementsMax), faults).read();
    reader.end();
    return envelope;
  });
}

function readParameters(parameters: Members, schemas: Record<string, TSchema>, faults: Fault[]) {
  const fields = new Map<string, unknown>();
  for (const [name, value] of parameters) {
    if (isClientsOwn(name)) continue;
    const schema = Object.hasOwn(schemas, name) ? (schemas[name] as OptionSchema) : {};
    fields.set(name, typeof value === "string" ? typed(value, schema) : value);
  }
  for (const fault of findFieldFaults(fields, schemas, [])) faults.push(faultIn("/parameters", fault));
  const binary = parameters.get("binary_data_output") ?? false;
  if (typeof binary !== "boolean") {
    const detail = `is ${show(binary)}, but must be true or false`;
    faults.push({ pointer: "/parameters/binary_data_output", detail });
  }
  return { fields, binary: binary === true };
}

/** The outputs in the order of the request; by default those that every loss has. */
function readOutputs(
  loss: Loss,
  listed: readonly V2Output[],
  binaryByDefault: boolean,
  faults: Fault[],
): readonly AskedOutput[] {
  const names = modelOf(loss).outputs;
  if (listed.length === 0) return defaultModelOutputs.map((name) => ({ name, binary: binaryByDefault }));
  const outputs = new Map<string, { name: string; binary: boolean }>();
  for (const { pointer, name, parameters } of listed) {
    const binary = parameters.get("binary_data") ?? binaryByDefault;
    const complain = (member: string, detail: string) => {
      if (faults.length < faultsMax) faults.push({ pointer: `${pointer}${member}`, detail });
    };
    const unknown = findUnknown(parameters, outputParameters);
    if (unknown) complain("/parameters", unknown);
    if (typeof binary !== "boolean") {
      complain("/parameters/binary_data", `is ${show(binary)}, but must be true or false`);
    } else if (typeof name !== "string" || !names.includes(name)) {
      const hint = typeof name === "string" ? didYouMean(name, names) : "";
      complain(
        "/name",
        `is ${showGiven(name)}, which is no output of ${loss.name}${hint && ` (${hint})`}: it has ${names.join(", ")}`,
      );
    } else if (outputs.has(name)) complain("/name", `is ${show(name)}, which is there twice`);
    else outputs.set(name, { name, binary });
  }
  return [...outputs.values()];
}

/** The outputs of a batch that is not reduced. Throws a Problem (invalid_request) if it was to give the loss. */
function withoutLoss(outputs: readonly AskedOutput[], { outputs: listed }: V2Envelope): readonly AskedOutput[] {
  const asked = listed.find(({ name }) => name === "loss");
  if (!asked) return outputs.filter(({ name }) => name !== "loss");
  const detail = 'is "loss", which there is none of with reduction "none"';
  throw Problem.of([{ pointer: `${asked.pointer}/name`, detail }]);
}

/** The outputs by the engine's names: all terms of a decomposition are one output there. */
function engineOutputs(loss: Loss, names: ReadonlySet<string>): string[] {
  const asked = new Set(replyTensors.filter(({ name }) => names.has(name)).map(({ field }) => field));
  return outputsOf(loss).filter((output) => asked.has(output));
}

function checkInputs(loss: Loss, { inputs }: V2Envelope, elementsMax: number, faults: Fault[]): CheckedInput[] {
  const takes = modelOf(loss).inputs;
  const checked = new Map<string, CheckedInput>();
  for (const input of inputs) {
    const result = checkInput(input, takes, elementsMax);
    if ("detail" in result) {
      if (faults.length < faultsMax) faults.push(result);
    } else if (checked.has(result.name)) {
      faults.push({ pointer: `${input.pointer}/name`, detail: `is ${show(result.name)}, which is there twice` });
    } else checked.set(result.name, result);
  }
  const numbers = [...checked.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (numbers > elementsMax) {
    const detail = `the inputs have ${numbers} numbers, more than ELEMENTS_MAX = ${elementsMax}`;
    throw new Problem("too_many_elements", detail);
  }
  return [...checked.values()];
}

/** The tensors of the inputs; with `parts`, of the rows of the same inputs that belong to one part. */
function readTensors(
  engine: Engine,
  inputs: readonly CheckedInput[],
  blobs: Uint8Array,
  faults: Fault[],
  parts: readonly InputOfPart[] = inputs.map((input) => ({ input, blobFrom: 0 })),
): Tensors {
  const announced = inputs.reduce((sum, { blobBytes }) => sum + blobBytes, 0);
  if (announced !== blobs.length) {
    const detail = `the inputs' binary_data_size add up to ${announced}, but ${blobs.length} bytes follow the JSON`;
    throw new Problem("invalid_request", detail);
  }
  const tensors: Tensors = {};
  let at = 0;
  for (const [i, { blobBytes }] of inputs.entries()) {
    const { input, blobFrom } = parts[i]!;
    const blob = blobs.subarray(at + blobFrom, at + blobFrom + input.blobBytes);
    at += blobBytes;
    const { name, data } = input;
    tensors[name] = data ? tensorOfData(engine, input, data, faults) : tensorOfBlob(engine, input, blob, faults);
  }
  return tensors;
}
