import { expect, test } from "vitest";
import { detectTolerance } from "#lossd/grading/compare/printing.js";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import { check } from "#lossd/grading/requests.js";
import type { Numbers } from "#lossd/grading/task/sample.js";
import { findLoss } from "#lossd/losses/registry.js";
import { Problem } from "#lossd/problems.js";
import { batch, engine, graded, open, task } from "./tasks.js";

const scaled =
  (factor: number) =>
  ({ loss, losses, gradients }: Numbers) => ({
    loss: loss! * factor,
    losses: losses!,
    gradients: gradients!.map((g) => g * factor),
  });
const flipped = ({ gradients, ...right }: Numbers) => ({ ...right, gradients: gradients!.map((g) => -g) });
const oneRowWrong = ({ losses, ...right }: Numbers) => ({ ...right, losses: losses!.with(0, 9) });

/** What earns how much, of 10 points: 2 for the loss, 3 for the losses, 5 for the gradients. */
const parts = [
  { output: "loss", points: 2 },
  { output: "losses", points: 3 },
  { output: "gradients", points: 5 },
];

test.each([
  ["everything right", {}, (right: Numbers) => right, "pass", 10],
  ["a wrong gradient", {}, flipped, "partial", 5],
  ["a wrong gradient whose mistake earns credit", { credit: { "grad-sign-flipped": 0.5 } }, flipped, "partial", 7.5],
  ["another mistake's credit", { credit: { log2: 0.5 } }, flipped, "partial", 5],
  ["a sum where a mean is asked for", {}, scaled(3), "partial", 3],
  ["an accepted sum, at its credit", { accept: [{ reduction: "sum", credit: 0.8 }] }, scaled(3), "partial", 8.6],
  ["an accepted sum at full credit", { accept: [{ reduction: "sum", credit: 1 }] }, scaled(3), "pass", 10],
  ["one of three rows wrong", {}, oneRowWrong, "partial", 7],
  ["one of three rows wrong, where rows count", { rows_credit: true }, oneRowWrong, "partial", 9],
  ["nothing", {}, () => ({}), "fail", 0],
  ["zeros", {}, () => ({ loss: 0, losses: new Float64Array(3), gradients: new Float64Array(9) }), "fail", 0],
] as const)("%s earns what the task says", (_name, more, change, verdict, score) => {
  const report = graded({ parts, ...more }, change as (right: Numbers) => Numbers);
  expect([report.verdict, report.score, report.max_score]).toEqual([verdict, score, 10]);
});

test("a sum accepted as a convention is not accepted for the gradient alone", () => {
  const report = graded({ parts, accept: [{ reduction: "sum", credit: 1 }] }, ({ gradients, ...right }) => ({
    ...right,
    gradients: gradients!.map((g) => 3 * g),
  }));
  expect([report.verdict, report.score]).toEqual(["partial", 5]);
  expect(report.diagnosis.candidates.map(({ id, kind }) => [id, kind])).toEqual([["grad-missing-1-over-n", "bug"]]);
});

test("thirds of points add up to whole ones", () => {
  const cases = ["a", "b", "c"].map((id) => ({ id, ...batch }));
  const report = graded({ cases, parts: [{ output: "loss", points: 1 }] }, (right) => right);
  expect(report.score).toBe(1);
});

test.each([
  [
    "a wrong shape",
    {
      case: "a",
      gradients: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    },
    "/submission/claims/0/gradients",
    "shape [3, 2]",
  ],
  [
    "ragged rows",
    { case: "a", gradients: [[1, 2, 3], [3, 4], [5]] },
    "/submission/claims/0/gradients",
    "different lengths",
  ],
  ["a string", { case: "a", loss: "0.4" }, "/submission/claims/0/loss", "a string"],
  ["a null among numbers", { case: "a", losses: [1, null, 2] }, "/submission/claims/0/losses", "null"],
  ["a transposed shape", { case: "a", losses: [[1], [2], [3]] }, "/submission/claims/0/losses", "shape [3, 1]"],
  ["an unknown case", { case: "b", loss: 1 }, "/submission/claims/0/case", "no case"],
  ["an unknown field", { case: "a", los: 1 }, "/submission/claims/0/los", ""],
])("%s is a format error that names its place, and no wrong answer", (_name, claim, pointer, detail) => {
  const report = gradeSubmission(open(task), { claims: [claim] });
  expect(report.verdict).toBe("format_error");
  const [first] = report.diagnosis.format_errors!;
  expect(first!.pointer).toBe(pointer);
  expect(first!.detail).toContain(detail);
});

test("null is a missing answer, and so is an absent one", () => {
  const report = gradeSubmission(open(task), { claims: [{ case: "a", loss: null }] });
  expect(report.parts.map(({ verdict }) => verdict)).toEqual(["missing", "missing", "missing"]);
});

test("an infinity equals itself alone, and NaN nothing", () => {
  const infinite = { loss: "cross_entropy", cases: [{ id: "a", logits: [["-Infinity", 0]], labels: [0] }] };
  const verdictOf = (loss: unknown) =>
    gradeSubmission(open(infinite), { claims: [{ case: "a", loss }] }).parts[0]!.verdict;
  expect(["Infinity", "-Infinity", "NaN", 1e308].map(verdictOf)).toEqual(["pass", "fail", "fail", "fail"]);
});

test.each([
  [
    "hinge",
    { logits: [1, 0.5], labels: [1, 1], reduction: "none" },
    [
      [0, -1],
      [-0.5, -1],
      [-1, -1],
    ],
    [
      [-1.1, -1],
      [0.2, -1],
    ],
  ],
  [
    "l1",
    { logits: [1, 3], labels: [1, 1], reduction: "none" },
    [
      [0, 1],
      [1, 1],
      [-1, 1],
      [0.3, 1],
    ],
    [[1.2, 1]],
  ],
  [
    "multi_margin",
    { logits: [[2, 1, 0]], labels: [0], reduction: "none" },
    [[[0, 0, 0]], [[-1 / 3, 1 / 3, 0]], [[-1 / 6, 1 / 6, 0]]],
    [[[-1 / 3, 0, 0]], [[-1 / 3, 0, 1 / 3]]],
  ],
  [
    "multiclass_hinge",
    { logits: [[2, 1, 1]], labels: [0], reduction: "none" },
    [[[0, 0, 0]], [[-1, 1, 0]], [[-2 / 3, 1 / 3, 1 / 3]]],
    [[[-1, 0, 0]], [[0, 0.5, 0.5]]],
  ],
])("at a kink of %s any subgradient passes, and nothing else", (loss, fields, right, wrong) => {
  const kinked = open({
    loss,
    ...fields,
    logits: undefined,
    labels: undefined,
    cases: [{ id: "a", logits: fields.logits, labels: fields.labels }],
  });
  const part = (gradients: unknown) =>
    gradeSubmission(kinked, { claims: [{ case: "a", gradients }] }).parts.find(({ output }) => output === "gradients")!;
  for (const gradients of right) expect(part(gradients), JSON.stringify(gradients)).toMatchObject({ verdict: "pass" });
  for (const gradients of wrong) expect(part(gradients), JSON.stringify(gradients)).toMatchObject({ verdict: "fail" });
  expect(part(right[0]).at_kink).toBeGreaterThan(0);
});

test.each([
  ["doubles", [0.1234567890123, 0.2345678901234, 0.3456789012345, 0.4567890123456], "float64"],
  ["float32 numbers", [0.1, 0.2, 0.3, 0.7].map(Math.fround), "float32"],
  ["six decimals", [0.123457, 1.234568, 0.345679, 2.000001], "rounded:6"],
  ["three decimals", [0.123, 1.235, 0.346, 2.001], "rounded:4"],
  ["zeros", [0, 0, 0, 0, 0], "float64"],
  ["ones", [1, -1, 1, -1, 1], "float64"],
  ["small whole numbers", [2, 3, 5, 7, 11], "float64"],
  ["tiny numbers of four decimals", [0.0001, 0.0002, 0.0003, 0.0004, 0.0001], "float64"],
  ["three float32 numbers", [0.1, 0.2, 0.3].map(Math.fround), "float64"],
])("%s earn the tolerance that they show", (_name, claims, profile) => {
  expect(detectTolerance(claims).profile).toBe(profile);
});

test("every verdict says how much of the tolerance was used", () => {
  const report = graded({ tolerance: "float64" }, ({ loss, ...right }) => ({ ...right, loss: loss! * (1 + 1e-7) }));
  expect(report.parts[0]!.worst!.tolerance_used).toBeCloseTo(0.1, 2);
});

test.each([
  [{ loss: "no_such" }, "/task/loss"],
  [{ tolerance: "loose" }, "/task/tolerance"],
  [{ tolerance: "rounded:99" }, "/task/tolerance"],
  [{ credit: { nonsense: 1 } }, "/task/credit"],
  [{ sentences: { nonsense: "x" } }, "/task/sentences"],
  [
    {
      cases: [
        { id: "a", ...batch },
        { id: "a", ...batch },
      ],
    },
    "/task/cases",
  ],
  [{ cases: [] }, "/task/cases"],
  [{ cases: [{ id: "a", logits: [[1, 2]], labels: [7] }] }, "/task/cases/0/labels/0"],
  [{ feedback: "all" }, "/task/feedback"],
  [{ parts: [{ output: "loss", points: -1 }] }, "/task/parts/0/points"],
  [{ label_smothing: 0.1 }, "/task/cases/0/label_smothing"],
  [{ reduction: "none", parts }, "/task/parts/0/output"],
  [{ parts: [{ output: "gradients_bias", points: 1 }] }, "/task/parts/0/output"],
])("a task that says %j is refused at its place", (change, pointer) => {
  let problem: unknown;
  try {
    open({ ...task, ...change });
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).errors[0]!.pointer).toBe(pointer);
});

test("the same request gives the same bytes, whatever was graded before", () => {
  const once = () => JSON.stringify(graded({ cases: [{ id: "a", generate: { seed: 5 } }] }, flipped));
  const first = once();
  graded({ cases: [{ id: "a", generate: { seed: 6 } }] }, scaled(2));
  expect(once()).toBe(first);
});

test("a check names the mistake of a batch that was never a task", () => {
  const loss = findLoss("cross_entropy")!;
  const claim = {
    loss: 1.2069811888692208,
    gradients: [[0.6590011388859679, -0.7575670292952861, 0.09856589040931817]],
  };
  const wrong = check(engine, loss, { logits: [[2, 1, 0.1]], labels: [1], claim });
  expect(wrong.verdict).toBe("partial");
  expect(wrong.parts.map(({ verdict }) => verdict)).toEqual(["fail", "pass"]);
});
