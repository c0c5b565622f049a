import { performance } from "node:perf_hooks";
import type { Batch, BatchResult } from "../engine/batch.ts";
import { compute } from "../engine/compute.ts";
import { Engine } from "../engine/engine.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { Problem } from "../problems.ts";
import { naming, readCurve, writeCurve } from "./curve.ts";
import type { Job, JobResult } from "./job.ts";
import { writeReply } from "./json_reply.ts";
import { readRequest } from "./json_request.ts";
import { writeV2Reply } from "./v2_reply.ts";
import { readV2Request } from "./v2_request.ts";

let loaded: Engine | undefined;

/** This thread's engine: compiled with the first call. */
export function engine(): Engine {
  loaded ??= Engine.load();
  return loaded;
}

/** Bytes in, bytes out: parses, computes and prints one body. What the caller did wrong is a result, not an exception. */
export function answer(job: Job): JobResult {
  const loss = findLoss(job.loss);
  try {
    if (!loss) throw new Problem("unknown_loss", `there is no loss called ${JSON.stringify(job.loss)}`);
    engine().reset();
    const start = performance.now();
    const { batch, run, print } = readers[job.format ?? "json"](loss, job);
    const parsed = performance.now();
    const result = run();
    const computed = performance.now();
    const { segments, jsonLength } = print(result);
    const reply = join(segments);
    const printed = performance.now();
    const { shape = [] } = batch.tensors.logits ?? batch.tensors.probabilities ?? {};
    const columns = loss.kind === "rowwise" ? (shape.at(-1) ?? 0) : 1;
    return {
      ok: true,
      reply,
      ...(jsonLength !== undefined && { jsonLength }),
      rows: result.validCount + result.ignoredCount,
      columns,
      timings: { parse: parsed - start, compute: computed - parsed, print: printed - computed },
    };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.data };
    throw error;
  }
}

/** The steps of one format: what is left to do when the input is read. */
interface Steps {
  readonly batch: Batch;
  run(): BatchResult;
  print(result: BatchResult): Printed;
}

/** A reply in pieces, to be sent one after the other; `jsonLength` as in an Answer. */
interface Printed {
  readonly segments: readonly Uint8Array[];
  readonly jsonLength?: number;
}

type Reader = (loss: Loss, job: Job) => Steps;

const readers: Readonly<Record<NonNullable<Job["format"]>, Reader>> = {
  json(loss, { body, elementsMax }) {
    const { batch, form } = readRequest(engine(), loss, body, elementsMax);
    const print = (result: BatchResult) => ({ segments: [writeReply(engine(), result, form)] });
    return { batch, run: () => compute(engine(), batch), print };
  },
  curve(loss, { body, elementsMax }) {
    const request = readCurve(engine(), loss, body, elementsMax);
    const { batch } = request;
    const print = (result: BatchResult) => ({ segments: [writeCurve(request, result)] });
    return { batch, run: () => naming(() => compute(engine(), batch)), print };
  },
  v2(loss, { body, jsonLength, elementsMax }) {
    const request = readV2Request(engine(), loss, body, jsonLength, elementsMax);
    const { batch } = request;
    return { batch, run: () => compute(engine(), batch), print: (result) => writeV2Reply(engine(), request, result) };
  },
};

/** All segments in memory of their own: it can be transferred. */
function join(segments: readonly Uint8Array[]): Uint8Array {
  const [only] = segments;
  if (only && segments.length === 1 && only.byteLength === only.buffer.byteLength) return only;
  const joined = new Uint8Array(segments.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const segment of segments) {
    joined.set(segment, at);
    at += segment.length;
  }
  return joined;
}
