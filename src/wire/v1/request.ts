import type { Batch, Tensors } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { isFloat32 } from "../../engine/resident.ts";
import { noObject } from "../../json/hints.ts";
import { BodyText } from "../../json/nested.ts";
import { JsonReader } from "../../json/reader.ts";
import { openBrace } from "../../json/scan.ts";
import { TensorReader } from "../../json/tensor.ts";
import { readingUtf8 } from "../../json/utf8.ts";
import type { ReplyForm } from "../../json/writer.ts";
import type { Loss } from "../../losses/loss.ts";
import { isTensor } from "../../losses/schemas/fields.ts";
import { type Fault, faultsMax, Problem } from "../../problems.ts";
import { completeBatch, fieldsOf, findFieldFaults } from "../../request/fields.ts";

export interface JsonRequest {
  readonly batch: Batch;
  readonly form: ReplyForm;
}

/**
 * Reads a v1 body: its tensors lie in the engine's memory until that is reset. Throws a Problem: invalid_utf8,
 * invalid_json, too_deep, duplicate_key or too_many_elements if it can't be parsed, else invalid_request with every field
 * that is unknown, of a wrong type or out of its bound.
 */
export function readRequest(engine: Engine, loss: Loss, bytes: Uint8Array, elementsMax: number): JsonRequest {
  return readingUtf8(bytes, "the body is not valid UTF-8", () => read(engine, loss, bytes, elementsMax));
}

function read(engine: Engine, loss: Loss, bytes: Uint8Array, elementsMax: number): JsonRequest {
  const reader = new JsonReader(bytes);
  if (reader.peek() < 0) throw new Problem("invalid_json", "the body is empty: expected an object at byte 0");
  if (reader.peek() !== openBrace) {
    throw noObject(reader);
  }
  const tensorReader = new TensorReader(reader, new BodyText(engine, bytes, elementsMax));
  const tensors: Tensors = {};
  const fields = new Map<string, unknown>();
  const faults: Fault[] = [];
  const { tensors: takes, options } = fieldsOf(loss);
  reader.object((key) => {
    if (isTensor(key) && takes[key]) {
      const tensor = tensorReader.read(key, faults);
      if (tensor) tensors[key] = tensor;
    } else if (Object.hasOwn(options, key)) fields.set(key, reader.value());
    else {
      reader.skip();
      if (fields.size < faultsMax + Object.keys(options).length) fields.set(key, undefined);
    }
  });
  reader.end();
  faults.push(...findFieldFaults(fields, options, Object.keys(takes)));
  if (faults.length > 0) throw Problem.of(faults);
  const batch = completeBatch(loss, tensors, fields, options);
  return { batch, form: formOf(batch) };
}

/** How the reply is written: as the options say, in the datatype of the input. */
function formOf({ options, tensors }: Batch): ReplyForm {
  const input = tensors.logits ?? tensors.probabilities;
  return {
    nonfinite: options["nonfinite"] as ReplyForm["nonfinite"],
    encoding: options["encoding"] as ReplyForm["encoding"],
    datatype: input && isFloat32(input) ? "FP32" : "FP64",
  };
}
