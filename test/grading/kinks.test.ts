// Where a gradient jumps, the loss's definition says what may be claimed there: a new loss is covered without an edit.
import { expect, test } from "vitest";
import { findKinks } from "#lossd/grading/compare/kinks.js";
import type { LabelDomain, Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { ask, flat } from "../harness/ask.js";
import { open } from "./tasks.js";

const step = 1e-9;

const labelsOf: Readonly<Record<LabelDomain, readonly (number | readonly number[])[]>> = {
  real: [-1, 0, 2],
  unit: [0, 0.5, 1],
  binary: [0, 1],
  signed: [-1, 1],
  non_negative: [0, 1, 3],
  class: [0, 1, 2],
  class_or_distribution: [0, 1, 2],
  distribution: [
    [0.5, 0.3, 0.2],
    [0, 0, 1],
  ],
};

/** A grid of logits that meets every tie of small numbers, each row beside each label. */
function gridOf(loss: Loss): { logits: number[][]; labels: unknown[] } {
  const wide = Array.from({ length: 13 }, (_, i) => [i / 2 - 3]);
  const cube = Array.from({ length: 27 }, (_, i) => [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3]);
  const domain = typeof loss.labels === "function" ? loss.labels({}) : loss.labels;
  const pairs = (loss.kind === "rowwise" ? cube : wide).flatMap((row) => labelsOf[domain].map((label) => [row, label]));
  return { logits: pairs.map(([row]) => row as number[]), labels: pairs.map(([, label]) => label) };
}

/** The gradients of the examples, by examples. `move` shifts one logit of each. */
function gradientsAt(loss: Loss, { logits, labels }: ReturnType<typeof gridOf>, place: number, by: number): number[][] {
  const moved = logits.map((row) => row.map((z, j) => (j === place ? z + by : z)));
  const elementwise = loss.kind === "elementwise";
  const gradients = flat(
    ask(loss.name, { logits: elementwise ? moved.flat() : moved, labels, reduction: "sum" }).gradients,
  );
  const classes = logits[0]!.length;
  return logits.map((_, i) => gradients.slice(i * classes, (i + 1) * classes));
}

test.each(losses.map((loss) => [loss.name, loss] as const))(
  "%s has its kinks where its gradient jumps",
  (name, loss) => {
    const grid = gridOf(loss);
    const logits = loss.kind === "elementwise" ? grid.logits.flat() : grid.logits;
    const task = { loss: name, reduction: "sum", cases: [{ id: "grid", logits, labels: grid.labels }] };
    const kinks = findKinks(open(task).cases[0]!.sample);
    const moves = grid.logits[0]!.flatMap((_, place) => [-step, step].map((by) => gradientsAt(loss, grid, place, by)));
    const jumps = grid.logits.flatMap((row, i) => {
      const entries = row.map((_, j) => moves.map((gradients) => gradients[i]![j]!));
      return entries.some((values) => Math.max(...values) - Math.min(...values) > 1e-3) ? [i] : [];
    });
    expect([...kinks.keys()]).toEqual(jumps);
    for (const [i, { low, high }] of kinks) {
      for (const gradients of moves) {
        for (const [j, value] of gradients[i]!.entries()) {
          expect(value).toBeGreaterThanOrEqual(low[j]! - 1e-6);
          expect(value).toBeLessThanOrEqual(high[j]! + 1e-6);
        }
      }
    }
  },
);
