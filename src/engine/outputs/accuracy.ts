import type { Batch, BatchResult } from "../batch.ts";
import type { ResidentBatch } from "../resident_batch.ts";
import type { Layout } from "../shapes.ts";

/** Which predictions are right, and their share of the kept examples. */
export function accuracyOf(resident: ResidentBatch, validCount: number): NonNullable<BatchResult["accuracy"]> {
  const { engine, peers, batch, layout, kept } = resident;
  const correct = findCorrect(batch, layout, kept);
  const [hits] = peers.totals(correct.reduce((sum, hit) => sum + hit, 0)) as [number];
  return { correct: resident.storeExamples(correct), mean: resident.round(engine.calls.divide(hits, validCount)) };
}

/** Per example 1 where the prediction is the label's class, else 0; 0 for an ignored example. */
function findCorrect(batch: Batch, layout: Layout, kept: Uint8Array | undefined): Float64Array {
  const correct = new Float64Array(layout.examples);
  const isRight = layout.rowwise ? rowIsRight : elementIsRight;
  for (let i = 0; i < layout.examples; i++) correct[i] = kept?.[i] !== 0 && isRight(batch, layout, i) ? 1 : 0;
  return correct;
}

/** z above 0, or p above ½, against the positive label: above ½ where labels are 0…1, above 0 where they are ±1. */
function elementIsRight({ loss, options }: Batch, { given, input, labels }: Layout, i: number): boolean {
  const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
  const predicted = input.data[i]! > (given === "probabilities" ? 0.5 : 0);
  return predicted === labels.data[i]! > (domain === "signed" ? 0 : 0.5);
}

/** The first greatest logit of the classes that exist, against the label or the first greatest of the label's row. */
function rowIsRight({ tensors }: Batch, { input, labels, classes, distributions }: Layout, row: number): boolean {
  const mask = tensors.class_mask?.data;
  const stride = mask?.length === input.data.length ? classes : 0;
  const predicted = firstGreatest(classes, (c) =>
    mask && mask[row * stride + c] === 0 ? Number.NEGATIVE_INFINITY : input.data[row * classes + c]!,
  );
  const label = distributions ? firstGreatest(classes, (c) => labels.data[row * classes + c]!) : labels.data[row];
  return predicted === label;
}

function firstGreatest(count: number, value: (c: number) => number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (value(c) > value(best)) best = c;
  return best;
}
