// What a named mistake earns: only a diagnosis that is sure gives its credit.
import { expect, test } from "vitest";
import { mistakes } from "#lossd/grading/mistakes/catalogue.js";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import type { Numbers } from "#lossd/grading/task/sample.js";
import { claiming, open } from "./tasks.js";

const batch = {
  logits: [
    [2, 1, 0.1],
    [0.5, 2, 1],
    [1, 1, 3],
  ],
  labels: [1, 0, 2],
};
const wide = { logits: batch.logits.map((row) => [...row, 0.3]), labels: batch.labels };
const one = { logits: [0.7], labels: [1] };
const two = { logits: [0.7, 2], labels: [1, 0] };

/** Ten points: 2 for the loss, 3 for the losses, 5 for the gradients. */
const parts = [
  { output: "loss", points: 2 },
  { output: "losses", points: 3 },
  { output: "gradients", points: 5 },
];

/** Grades the right answers to these batches, with the gradients, or the losses too, times a factor. */
function graded(
  loss: string,
  batches: readonly object[],
  credit: Readonly<Record<string, number>>,
  factors: { readonly loss?: number; readonly gradients: number },
) {
  const prepared = open({ loss, cases: batches.map((each, k) => ({ id: `${k}`, ...each })), parts, credit });
  const scaled = ({ loss: mean, losses, gradients }: Numbers) => ({
    loss: mean! * (factors.loss ?? 1),
    losses: losses!.map((each) => each * (factors.loss ?? 1)),
    gradients: gradients!.map((each) => each * factors.gradients),
  });
  return gradeSubmission(
    prepared,
    claiming(prepared, (k) => scaled(prepared.cases[k]!.sample.right)),
  );
}

test.each([
  ["confirmed", "cross_entropy", [batch, wide], -1, 7.5],
  ["likely", "cross_entropy", [batch], -1, 7.5],
  ["weak", "hinge", [one], -1, 5],
  ["ambiguous", "mse", [two], 2, 5],
  ["none", "cross_entropy", [batch], 3.7, 5],
] as const)(
  "a wrong gradient whose diagnosis is %s earns its credit only if that is sure",
  (status, loss, batches, gradients, score) => {
    const credit = Object.fromEntries(mistakes.map(({ id }) => [id, 0.5]));
    const report = graded(loss, batches, credit, { gradients });
    expect([report.diagnosis.status, report.score]).toEqual([status, score]);
  },
);

test.each([
  ["both credits", { "loss-sign-flipped": 0.5, "grad-missing-1-over-n": 0.2 }, 2],
  ["one credit", { "loss-sign-flipped": 0.5 }, 0],
] as const)("two mistakes at once with %s earn the lesser", (_name, credit, score) => {
  const report = graded("cross_entropy", [batch], credit, { loss: -1, gradients: 3 });
  const ids = report.diagnosis.candidates.flatMap(({ id, also = [] }) => [id, ...also]);
  expect([ids, report.score]).toEqual([["loss-sign-flipped", "grad-missing-1-over-n"], score]);
});
