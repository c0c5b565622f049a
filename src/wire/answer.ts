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
import { answerLines } from "./lines.ts";

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
    if (job.format === "lines") return answerLines(loss, job, engine());
    const start = performance.now();
    const { batch, run, print } = job.format === "curve" ? curve(loss, job) : body(loss, job);
    const parsed = performance.now();
    const result = run();
    const computed = performance.now();
    const reply = print(result);
    const printed = performance.now();
    const { shape = [] } = batch.tensors.logits ?? batch.tensors.probabilities ?? {};
    const columns = loss.kind === "rowwise" ? (shape.at(-1) ?? 0) : 1;
    return {
      ok: true,
      reply,
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
  print(result: BatchResult): Uint8Array;
}

function body(loss: Loss, job: Job): Steps {
  const { batch, nonfinite } = readRequest(loss, job.body, job.elementsMax);
  return { batch, run: () => compute(engine(), batch), print: (result) => writeReply(result, nonfinite) };
}

function curve(loss: Loss, job: Job): Steps {
  const request = readCurve(loss, job.body, job.elementsMax);
  const { batch } = request;
  return { batch, run: () => naming(() => compute(engine(), batch)), print: (result) => writeCurve(request, result) };
}
