import type { Batch } from "../../engine/batch.ts";
import { copyBytes } from "../../engine/copy.ts";
import type { Engine } from "../../engine/engine.ts";
import { Abandoned, SharedPeers } from "../../engine/peers.ts";
import { sizeOf } from "../../engine/shapes.ts";
import type { Loss } from "../../losses/loss.ts";
import { booleanTensors, numberTensors } from "../../losses/tensor_names.ts";
import type { Answer, Job, JobResult } from "../job.ts";
import { type JsonRequest, readRequest } from "../v1/request.ts";
import { readV2Request, type V2Request } from "../v2/request.ts";
import { bodyOfPart, isOfExamples, stretch } from "./json_rows.ts";

/**
 * Cuts a request into parts of half of `bytesMin` or more, at most as many as there are workers. Undefined: it is smaller
 * than `bytesMin`, or of a format that is not cut. Whether its rows can be found, the parts find out.
 */
export function splitJob(job: Job, workers: number, bytesMin: number): readonly Job[] | undefined {
  const { length } = job.body;
  const parts = Math.min(workers, Math.floor((2 * length) / bytesMin));
  const canBeCut = job.format === "v2" ? job.jsonLength !== undefined : (job.format ?? "json") === "json";
  if (length < bytesMin || parts < 2 || !canBeCut) return undefined;
  const memory = SharedPeers.memory(parts);
  const share = Math.floor((job.room?.length ?? 0) / parts);
  return Array.from({ length: parts }, (_, place) => ({
    ...job,
    ...(job.room && { room: job.room.subarray(place * share, (place + 1) * share) }),
    part: { place, parts, memory },
  }));
}

/** Lets the parts of a request know that one of them will not answer: none of them waits for it. */
export function abandonParts([job]: readonly Job[]): void {
  if (job?.part) SharedPeers.abandon(job.part.memory);
}

/** The answer of all parts together; undefined where one has none: then the request is to be answered as a whole. */
export function joinParts(results: readonly JobResult[]): Answer | undefined {
  const parts = results.filter((result): result is Answer => result.ok);
  const [first, ...others] = parts;
  if (!first?.seams || parts.length < results.length) return undefined;
  const { marks, separator } = first.seams;
  const between = Buffer.from(separator);
  const [text] = first.reply as [Uint8Array];
  const reply: Uint8Array[] = [];
  let done = 0;
  // The first part's text is the reply's, and the others' numbers come in behind its own.
  for (let seam = 0; seam < marks.length; seam += 2) {
    reply.push(text.subarray(done, marks[seam + 1]));
    for (const {
      reply: [text],
      seams,
    } of others) {
      reply.push(between, text!.subarray(seams!.marks[seam], seams!.marks[seam + 1]));
    }
    done = marks[seam + 1]!;
  }
  reply.push(text.subarray(done));
  const slowest = (stage: keyof Answer["timings"]) => Math.max(...parts.map(({ timings }) => timings[stage]));
  const { jsonLength } = first;
  const timings = { parse: slowest("parse"), compute: slowest("compute"), print: slowest("print") };
  const { rows, columns } = first;
  return { ok: true, reply, ...(jsonLength !== undefined && { jsonLength }), rows, columns, timings };
}

let lastScratch = new Uint8Array(0);

/** This thread's memory for the text of its parts: fresh memory for each would cost more than what is copied into it. */
function scratch(bytes: number): Uint8Array {
  if (lastScratch.length < bytes) lastScratch = new Uint8Array(bytes);
  return lastScratch.subarray(0, bytes);
}

/** Bytes that this thread holds on to for parts. */
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
export function readPart(engine: Engine, loss: Loss, { body, elementsMax, part }: Job): PartOfRequest {
  const peers = new SharedPeers(part!.memory, part!.place, part!.parts);
  const found = bodyOfPart(body, loss, part!, counterIn(engine), scratch);
  if (!found) throw new Abandoned("the request cannot be cut");
  engine.reset();
  const request = readRequest(engine, loss, found.text, elementsMax);
  agree(request.batch, part!.place, found.rows, elementsMax, peers);
  return { ...request, peers, rows: found.rows };
}

/** The same of a v2 request, of which only what is binary is cut. */
export function readV2Part(
  engine: Engine,
  loss: Loss,
  { body, jsonLength, elementsMax, part }: Job,
): { readonly request: V2Request; readonly peers: SharedPeers } {
  const peers = new SharedPeers(part!.memory, part!.place, part!.parts);
  const request = readV2Request(engine, loss, body, jsonLength, elementsMax, part);
  agree(request.batch, part!.place, request.rows!, elementsMax, peers);
  return { request, peers };
}

/** Parts that are valid make a valid whole if they have one shape but for the rows, which are all there. */
function agree({ tensors }: Batch, place: number, rows: number, elementsMax: number, peers: SharedPeers): void {
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
    // What every part has counts once.
    if (cut || place === 0) elements += sizeOf(tensor.shape);
  }
  const [allExamples, allElements] = peers.agree([rows, ...shapes], [examples, elements]) as [number, number];
  if (allExamples !== rows) throw new Abandoned("the parts do not hold every row");
  if (allElements > elementsMax) throw new Abandoned("the whole holds more than ELEMENTS_MAX numbers");
}

/** Counts in the engine, which looks at sixteen bytes at a time. */
function counterIn(engine: Engine) {
  const room = engine.claim(stretch);
  return (text: Uint8Array, from: number, to: number, byte: number): number => {
    copyBytes(text.subarray(from, to), engine.bytes(room, to - from));
    return engine.calls.count_byte(room, to - from, byte);
  };
}
