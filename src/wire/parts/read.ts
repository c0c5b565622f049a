import type { Batch } from "../../engine/batch.ts";
import { copyBytes } from "../../engine/copy.ts";
import type { Engine } from "../../engine/engine.ts";
import { Abandoned, SharedPeers } from "../../engine/peers.ts";
import { classAxisOf, sizeOf } from "../../engine/shapes.ts";
import type { Loss } from "../../losses/loss.ts";
import { booleanTensors, numberTensors } from "../../losses/schemas/tensor_names.ts";
import type { JsonPartJob } from "../v1/format.ts";
import { type JsonRequest, readRequest } from "../v1/request.ts";
import type { V2PartJob } from "../v2/format.ts";
import { readV2Request, type V2Request } from "../v2/request.ts";
import { bodyOfPart, isOfExamples, stretch } from "./json_rows.ts";

let lastScratch = new Uint8Array(0);

/** This thread's memory for the text of its parts: fresh memory for each would cost more than what is copied into it. */
function scratch(bytes: number): Uint8Array {
  if (lastScratch.length < bytes) lastScratch = new Uint8Array(bytes);
  return lastScratch.subarray(0, bytes);
}

/** Bytes that this thread keeps for parts. */
export function scratchBytes(): number {
  return lastScratch.length;
}

export interface PartOfRequest extends JsonRequest {
  readonly peers: SharedPeers;
  /** Examples of the whole request on the outermost axis. */
  readonly rows: number;
}

/**
 * Reads the rows of one part. Throws an Abandoned where a request cannot be cut, or where the parts do not fit together,
 * and a Problem for what is wrong in its own rows: either way, the request is then answered as a whole.
 */
export function readPart(engine: Engine, loss: Loss, { body, elementsMax, part }: JsonPartJob): PartOfRequest {
  const peers = new SharedPeers(part.memory, part.index, part.count);
  const found = bodyOfPart(body, loss, part, counterIn(engine), scratch);
  if (!found) throw new Abandoned("the request cannot be cut");
  engine.reset();
  const request = readRequest(engine, loss, found.text, elementsMax);
  agree(request.batch, part.index, found.rows, elementsMax, peers);
  return { ...request, peers, rows: found.rows };
}

/** The same of a v2 request, of which only what is binary is cut. */
export function readV2Part(
  engine: Engine,
  loss: Loss,
  { body, jsonLength, elementsMax, part }: V2PartJob,
): { readonly request: V2Request; readonly peers: SharedPeers } {
  const peers = new SharedPeers(part.memory, part.index, part.count);
  const request = readV2Request(engine, loss, body, jsonLength, elementsMax, part);
  agree(request.batch, part.index, request.rows!, elementsMax, peers);
  return { request, peers };
}

/** Parts that are valid make a valid whole if they have one shape but for the rows, which are all there. */
function agree(batch: Batch, index: number, rows: number, elementsMax: number, peers: SharedPeers): void {
  const { tensors } = batch;
  if (classAxisOf(batch) === 0) throw new Abandoned("the first axis holds the classes");
  const shapes: number[] = [];
  let elements = 0;
  let examples = 0;
  for (const name of [...numberTensors, ...booleanTensors]) {
    const tensor = tensors[name];
    if (!tensor) continue;
    const cut = isOfExamples(name, tensor.shape.length > 1);
    const shape = cut ? tensor.shape.slice(1) : tensor.shape;
    if (shape.includes(0)) throw new Abandoned("there are rows without a number");
    if (name === "logits" || name === "probabilities") examples = tensor.shape[0] ?? 0;
    shapes.push(tensor.shape.length, ...shape);
    // Tensors that every part has, like class weights, count once: in the first part.
    if (cut || index === 0) elements += sizeOf(tensor.shape);
  }
  const [allExamples, allElements] = peers.agree([rows, ...shapes], [examples, elements]) as [number, number];
  if (allExamples !== rows) throw new Abandoned("the parts do not hold every row");
  if (allElements > elementsMax) throw new Abandoned("the whole holds more than ELEMENTS_MAX numbers");
}

/** Counts in the engine, which looks at sixteen bytes at a time. */
function counterIn(engine: Engine) {
  const memory = engine.claim(stretch);
  return (text: Uint8Array, from: number, to: number, byte: number): number => {
    copyBytes(text.subarray(from, to), engine.bytes(memory, to - from));
    return engine.calls.count_byte(memory, to - from, byte);
  };
}
