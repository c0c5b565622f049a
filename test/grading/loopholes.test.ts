// What a submission must not get through with, and what a check is not.
import { expect, test } from "vitest";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import { check } from "#lossd/grading/requests.js";
import { findLoss } from "#lossd/losses/registry.js";
import { claiming, engine, graded, open, task } from "./tasks.js";

const parts = [
  { output: "loss", points: 2 },
  { output: "losses", points: 3 },
  { output: "gradients", points: 5 },
];

test("an accepted convention excuses no missing part, and no part that it does not have", () => {
  const accept = (reduction: string) => ({ parts, accept: [{ reduction, credit: 1 }] });
  const sumAlone = graded(accept("sum"), ({ loss }) => ({ loss: 3 * loss! }));
  expect([sumAlone.verdict, sumAlone.score]).toEqual(["partial", 2]);
  const garbage = graded(accept("none"), ({ losses, gradients }) => ({
    loss: 999,
    losses: losses!,
    gradients: gradients!.map((g) => 3 * g),
  }));
  expect([garbage.verdict, garbage.score]).toEqual(["partial", 3]);
});

test("decimals that losses show excuse no gradients that are 0", () => {
  const drawn = { loss: "mse_sigmoid", cases: [{ id: "a", generate: { seed: 1, rows: 200, columns: 100 } }] };
  const prepared = open(drawn);
  const { loss, losses, gradients } = prepared.cases[0]!.sample.right;
  const rounded = (value: number) => Number(value.toFixed(4));
  const claims = { loss: rounded(loss!), losses: losses.map(rounded), gradients: gradients.map(() => 0) };
  const report = gradeSubmission(
    prepared,
    claiming(prepared, () => claims),
  );
  expect(report.parts.map(({ verdict }) => verdict)).toEqual(["pass", "pass", "fail"]);
});

test.each([
  ["loss", { loss: "l1" }],
  ["cases", { cases: [{ id: "batch", generate: { seed: 1 } }] }],
  ["credit", { credit: { log2: 1 } }],
])("a check takes no %s: it is no task", (field, more) => {
  const body = { logits: [[2, 1]], labels: [0], claim: { loss: 1 }, ...more };
  expect(() => check(engine, findLoss("cross_entropy")!, body)).toThrow(`/${field}`);
});

test("a check takes no claim that has no right answer: without a reduction there is no single loss", () => {
  const body = { logits: [[2, 1]], labels: [0], reduction: "none", claim: { losses: [1], loss: 1 } };
  expect(() => check(engine, findLoss("cross_entropy")!, body)).toThrow('/claim/loss: is "loss"');
});

test("probabilities are refused: the mistakes are those of logits", () => {
  const body = { probabilities: [[0.2, 0.3, 0.5]], labels: [0], claim: { loss: 1 } };
  expect(() => check(engine, findLoss("cross_entropy")!, body)).toThrow("/probabilities");
});

test("a class that is masked out is none in the wrong formulas either", () => {
  const masked = {
    logits: [
      [2, 1, 0.1, 5],
      [0.5, 2, 1, 5],
      [1, 1, 3, 5],
    ],
    labels: [1, 0, 2],
    class_mask: [true, true, true, false],
  };
  const prepared = open({ loss: "cross_entropy", cases: [{ id: "a", ...masked }] });
  const wrong = prepared.cases[0]!.predictions.find(({ mistake }) => mistake.id === "grad-onehot-not-subtracted")!;
  const { diagnosis } = gradeSubmission(
    prepared,
    claiming(prepared, () => wrong.numbers),
  );
  const free = open({
    loss: "cross_entropy",
    cases: [{ id: "a", logits: masked.logits.map((z) => z.slice(0, 3)), labels: masked.labels }],
  });
  const same = free.cases[0]!.predictions.find(({ mistake }) => mistake.id === "grad-onehot-not-subtracted")!;
  expect(diagnosis.candidates.map(({ id }) => id)).toEqual(["grad-onehot-not-subtracted"]);
  expect(wrong.numbers.gradients![0]).toBe(same.numbers.gradients![0]);
});

test.each([
  [
    "a case without an example",
    { cases: [{ id: "a", logits: [], labels: [] }] },
    "/task/cases/0/logits",
    "hold no example",
  ],
  [
    "a draw of a million logits",
    { cases: [{ id: "a", generate: { seed: 1, rows: 1000, columns: 1000 } }] },
    "/task/cases/0/generate",
    "draws 1000×1000 = 1000000 logits, more than 100000",
  ],
  [
    "a draw beside logits of another shape",
    { cases: [{ id: "a", generate: { seed: 1 }, logits: [[1, 2]] }] },
    "/task/cases/0/labels",
    "has shape [7]",
  ],
  [
    "a word that is none of the allowed",
    { feedback: "all" },
    "/task/feedback",
    'is "all", but must be one of verdict, diagnosis',
  ],
  [
    "a number out of its bound",
    { parts: [{ output: "loss", points: -1 }] },
    "/task/parts/0/points",
    "is -1, but must be >= 0",
  ],
  [
    "a field that there is not",
    { parts: [{ output: "loss", points: 1, weight: 2 }] },
    "/task/parts/0/weight",
    "is no field here",
  ],
  [
    "a part's field that is misspelled",
    { parts: [{ output: "loss", points: 1, pointz: 1 }] },
    "/task/parts/0/pointz",
    "is no field here (did you mean points?)",
  ],
  [
    "a field that is misspelled",
    { tolerence: "float32" },
    "/task/tolerence",
    "is no field here (did you mean tolerance?)",
  ],
  [
    "a case's field that is misspelled",
    { cases: [{ id: "a", genarate: { seed: 1 } }] },
    "/task/cases/0/genarate",
    "is no field here (did you mean generate?)",
  ],
  [
    "an option that is misspelled",
    { label_smothing: 0.1 },
    "/task/cases/0/label_smothing",
    "is no field of this loss (did you mean label_smoothing?)",
  ],
])("a task with %s is refused by its place, value and bound", (_what, change, pointer, detail) => {
  expect(() => open({ ...task, ...change })).toThrow(`${pointer}: ${detail}`);
});

test.each([
  ["no claim", undefined, "/claim: is missing"],
  ["a claim that is no object", 5, "/claim: must be an object"],
  ["a claim of something else", { los: 1 }, "/claim/los: is no field here"],
])("a check with %s is refused at the claim", (_what, claim, words) => {
  expect(() => check(engine, findLoss("cross_entropy")!, { logits: [[2, 1]], labels: [0], claim })).toThrow(words);
});

test("a check's faults of form have their place in the claim", () => {
  const body = { logits: [[2, 1]], labels: [0], claim: { losses: [[1]] } };
  const { diagnosis } = check(engine, findLoss("cross_entropy")!, body);
  expect(diagnosis.format_errors).toEqual([
    { pointer: "/claim/losses", detail: "has shape [1, 1], but must have shape [1]" },
  ]);
});

test("a field of a megabyte is no megabyte in the report", () => {
  const report = gradeSubmission(open(task), { claims: [{ case: "a", ["k".repeat(2 ** 20)]: 1 }] });
  expect(report.verdict).toBe("format_error");
  expect(JSON.stringify(report).length).toBeLessThan(10_000);
});
