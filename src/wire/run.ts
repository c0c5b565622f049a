import { performance } from "node:perf_hooks";
import type { Batch, BatchResult } from "../engine/batch.ts";
import { compute } from "../engine/compute.ts";
import { engine } from "../engine/instance.ts";
import { Abandoned } from "../engine/peers.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { Problem } from "../problems.ts";
import { naming, readCurve, writeCurve } from "./curve/curve.ts";
import type { Answer, Job, JobResult } from "./job.ts";
import { answerLines } from "./ndjson/lines.ts";
import { abandonParts, readPart, readV2Part } from "./parts/parts.ts";
import { writePart, writeReply } from "./v1/reply.ts";
import { readRequest } from "./v1/request.ts";
import { writeV2Reply } from "./v2/reply.ts";
import { readV2Request } from "./v2/request.ts";

/** Bytes in, bytes out: parses, computes and prints one body. What the caller did wrong is a result, not an exception. */
export function answer(job: Job): JobResult {
  const loss = findLoss(job.loss);
  try {
    if (!loss) throw new Problem("unknown_loss", `there is no loss called ${JSON.stringify(job.loss)}`);
    if (job.format === "lines") return answerLines(loss, job, engine());
    engine().reset();
    const start = performance.now();
    const format = (job.format ?? "json") as ComputeFormat;
    const { batch, run, print } = (job.part ? partReaders[format as CutFormat] : readers[format])(loss, job);
    const parsed = performance.now();
    const result = run();
    const computed = performance.now();
    const { reply, seams, jsonLength } = print(result);
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
      ...(seams && { seams }),
    };
  } catch (error) {
    if (job.part) abandonParts([job]);
    if (error instanceof Problem) return { ok: false, problem: error.data };
    if (error instanceof Abandoned) return { ok: false, problem: new Problem("internal", error.message).data };
    throw error;
  }
}

/** The steps of one format: what is left to do when the input is read. */
interface Steps {
  readonly batch: Batch;
  run(): BatchResult;
  print(result: BatchResult): Printed;
}

/** A reply in pieces, to be sent one after the other; `jsonLength` and `seams` as in an Answer. */
type Printed = Pick<Answer, "reply"> & Partial<Pick<Answer, "jsonLength" | "seams">>;

type Reader = (loss: Loss, job: Job) => Steps;

/** Lines and grading have answers of their own. */
type ComputeFormat = "json" | "curve" | "v2";

/** What parts.ts cuts. */
type CutFormat = "json" | "v2";

const readers: Readonly<Record<ComputeFormat, Reader>> = {
  json(loss, { body, elementsMax, room }) {
    const { batch, form } = readRequest(engine(), loss, body, elementsMax);
    const print = (result: BatchResult) => ({ reply: [writeReply(engine(), result, form, room)] });
    return { batch, run: () => compute(engine(), batch), print };
  },
  curve(loss, { body, elementsMax }) {
    const request = readCurve(engine(), loss, body, elementsMax);
    const { batch } = request;
    const print = (result: BatchResult) => ({ reply: [writeCurve(request, result)] });
    return { batch, run: () => naming(() => compute(engine(), batch)), print };
  },
  v2(loss, { body, jsonLength, elementsMax, room }) {
    const request = readV2Request(engine(), loss, body, jsonLength, elementsMax);
    const { batch } = request;
    const print = (result: BatchResult) => {
      const { bytes, jsonLength } = writeV2Reply(engine(), request, result, room);
      return { reply: [bytes], ...(jsonLength !== undefined && { jsonLength }) };
    };
    return { batch, run: () => compute(engine(), batch), print };
  },
};

/** The same of one part of a request. */
const partReaders: Readonly<Record<CutFormat, Reader>> = {
  json(loss, job) {
    const { batch, form, peers, rows } = readPart(engine(), loss, job);
    const print = (result: BatchResult) => {
      const { text, seams } = writePart(engine(), result, form, rows, job.room);
      return { reply: [text], seams };
    };
    return { batch, run: () => compute(engine(), batch, peers), print };
  },
  v2(loss, job) {
    const { request, peers } = readV2Part(engine(), loss, job);
    const { batch } = request;
    const print = (result: BatchResult) => {
      const { bytes, jsonLength, marks } = writeV2Reply(engine(), request, result, job.room);
      return { reply: [bytes], ...(jsonLength !== undefined && { jsonLength }), seams: { marks, separator: "" } };
    };
    return { batch, run: () => compute(engine(), batch, peers), print };
  },
};
