import { performance } from "node:perf_hooks";
import type { Batch, BatchResult } from "../engine/batch.ts";
import { compute } from "../engine/compute.ts";
import { Engine } from "../engine/engine.ts";
import { Abandoned } from "../engine/peers.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { Problem } from "../problems.ts";
import { naming, readCurve, writeCurve } from "./curve.ts";
import type { Job, JobResult } from "./job.ts";
import { type Seams, writePart, writeReply } from "./json_reply.ts";
import { readRequest } from "./json_request.ts";
import { abandonParts, readPart } from "./parts.ts";

let loaded: Engine | undefined;

/** This thread's engine: compiled with the first call. */
export function engine(): Engine {
  loaded ??= Engine.load();
  return loaded;
}

/** Drops this thread's engine: after a fault that nobody foresaw, its memory cannot be trusted. */
export function dropEngine(): void {
  loaded = undefined;
}

/** Bytes in, bytes out: parses, computes and prints one body. What the caller did wrong is a result, not an exception. */
export function answer(job: Job): JobResult {
  const loss = findLoss(job.loss);
  try {
    if (!loss) throw new Problem("unknown_loss", `there is no loss called ${JSON.stringify(job.loss)}`);
    engine().reset();
    const start = performance.now();
    const { batch, run, print } = stepsOf(loss, job);
    const parsed = performance.now();
    const result = run();
    const computed = performance.now();
    const { text, seams } = print(result);
    const printed = performance.now();
    const { shape = [] } = batch.tensors.logits ?? batch.tensors.probabilities ?? {};
    const columns = loss.kind === "rowwise" ? (shape.at(-1) ?? 0) : 1;
    return {
      ok: true,
      reply: [text],
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
  print(result: BatchResult): { readonly text: Uint8Array; readonly seams?: Seams };
}

function stepsOf(loss: Loss, job: Job): Steps {
  if (job.format === "curve") return curve(loss, job);
  return job.part ? part(loss, job) : body(loss, job);
}

function body(loss: Loss, job: Job): Steps {
  const { batch, form } = readRequest(engine(), loss, job.body, job.elementsMax);
  return {
    batch,
    run: () => compute(engine(), batch),
    print: (result) => ({ text: writeReply(engine(), result, form) }),
  };
}

function part(loss: Loss, job: Job): Steps {
  const { batch, form, peers, rows } = readPart(engine(), loss, job);
  const run = () => compute(engine(), batch, peers);
  return { batch, run, print: (result) => writePart(engine(), result, form, rows) };
}

function curve(loss: Loss, job: Job): Steps {
  const request = readCurve(engine(), loss, job.body, job.elementsMax);
  const { batch } = request;
  return {
    batch,
    run: () => naming(() => compute(engine(), batch)),
    print: (result) => ({ text: writeCurve(request, result) }),
  };
}
