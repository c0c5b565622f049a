import { performance } from "node:perf_hooks";
import type { Batch, BatchResult } from "../engine/batch.ts";
import { engine } from "../engine/instance.ts";
import { classAxisOf } from "../engine/shapes.ts";
import { noLoss } from "../losses/hints/names.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { Problem } from "../problems.ts";
import type { Answer, BaseJob } from "./job.ts";

/** What is left to do when a body is read. */
export interface Steps<Printed extends Reply> {
  readonly batch: Batch;
  run(): BatchResult;
  print(result: BatchResult): Printed;
}

/** A reply in pieces, to be sent one after the other; a format may say more of it. */
export type Reply = Pick<Answer, "reply">;

/** Takes one body through its steps, and times them. Throws a Problem for what the caller did wrong. */
export function answerInSteps<Printed extends Reply>(
  job: BaseJob,
  read: (loss: Loss) => Steps<Printed>,
): Printed & Answer {
  const loss = lossOf(job);
  engine().reset();
  const start = performance.now();
  const { batch, run, print } = read(loss);
  const parsed = performance.now();
  const result = run();
  const computed = performance.now();
  const printed = print(result);
  const timings = { parse: parsed - start, compute: computed - parsed, print: performance.now() - computed };
  const rows = result.valid_count + result.ignored_count;
  return { ok: true, ...printed, rows, columns: columnsOf(batch), timings };
}

/** Throws a Problem (unknown_loss). */
export function lossOf({ loss: name }: BaseJob): Loss {
  const loss = findLoss(name);
  if (!loss) throw new Problem("unknown_loss", noLoss(name));
  return loss;
}

/** Classes of each example; 1 of an elementwise loss. */
export function columnsOf(batch: Batch): number {
  const axis = classAxisOf(batch);
  const { shape = [] } = batch.tensors.logits ?? batch.tensors.probabilities ?? {};
  return axis === undefined ? 1 : (shape[axis] ?? 0);
}
