// What a task's cases cannot show is said of the task as it is: its parts, its tolerance, its printings, its options.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cases } from "#lossd/grading/requests.js";
import { engine, open } from "../tasks.js";
import { holdLine, type Line, type Outcome } from "./law.js";

const lines = readFileSync(`${import.meta.dirname}/claims.jsonl`, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Line);

test("wrong programs in NumPy are of more than thirty kinds", () => {
  const kinds = new Set(lines.flatMap(({ programs }) => programs.map(({ id, variant }) => `${id} ${variant}`)));
  expect(kinds.size).toBeGreaterThan(30);
});

test("a mistake is listed exactly when what it claims passes, in any printing that the task takes", () => {
  const outcome: Outcome = { claims: 0, listed: 0, exceptions: [] };
  for (const line of lines) holdLine(line, outcome);
  expect(outcome.exceptions).toEqual([]);
  expect(outcome.claims).toBeGreaterThan(400);
});

const model = {
  id: "lecture",
  inputs: [
    [1, 2, 3],
    [0.5, -1, 0.2],
    [0.3, 0.1, 2],
    [1, -1, 1],
    [2, 1, 0.4],
  ],
  weights: [
    [0.1, 0.2, -0.1],
    [0.3, 0.1, 0.2],
    [-0.1, 0.2, 0.1],
  ],
  labels: [0, 1, 1, 2, 0],
};
const parts = (...outputs: string[]) => outputs.map((output) => ({ output, points: 1 }));
const ofModel = { loss: "multi_margin", parts: parts("loss", "gradients_weights") };
const drawn = { loss: "cross_entropy", draw: 3, cases: [{ id: "a", generate: { seed: 1 } }] };
const untested = (task: object) => open(task).separability.untested;

describe("untested is what this task lets pass", () => {
  test.each<[string, object, string, boolean]>([
    [
      "a gradient without 1/N, where the loss alone is asked for",
      { ...drawn, parts: parts("loss") },
      "grad-missing-1-over-n",
      true,
    ],
    ["a gradient without 1/N, where the gradient is asked for", drawn, "grad-missing-1-over-n", false],
    [
      "a small regularisation left out, under float32's tolerance",
      { ...ofModel, tolerance: "float32", cases: [{ ...model, l2: 1e-6 }] },
      "regularisation-omitted",
      true,
    ],
    [
      "a regularisation left out, under float64's tolerance",
      { ...ofModel, tolerance: "float64", cases: [{ ...model, l2: 1e-6 }] },
      "regularisation-omitted",
      false,
    ],
    ["exponentials that do not overflow here", drawn, "overflow-no-max-subtraction", true],
    [
      "exponentials that overflow here",
      {
        ...drawn,
        cases: [
          {
            id: "a",
            logits: [
              [800, 1, 2],
              [0, 3, 1],
            ],
            labels: [0, 2],
          },
        ],
      },
      "overflow-no-max-subtraction",
      false,
    ],
  ])("%s", (_what, task, id, is) => {
    expect(untested(task).includes(id)).toBe(is);
  });

  test("with the printing that makes it pass", () => {
    const { passing } = open({ ...ofModel, cases: [{ ...model, l2: 1e-4 }] }).separability;
    expect(passing).toContainEqual({
      id: "regularisation-omitted",
      variant: 0,
      printing: { loss: "rounded:4", gradients_weights: "rounded:4" },
    });
  });
});

test("a convention that the task accepts is listed apart, with its credit", () => {
  const { accepted, untested } = open({ ...drawn, accept: [{ reduction: "sum", credit: 0.5 }] }).separability;
  expect(accepted).toContainEqual({ id: "sum-instead-of-mean", variant: 0, credit: 0.5, accept: 0 });
  expect(untested).not.toContain("sum-instead-of-mean");
});

test.each<[string, object, string]>([
  ["of a temperature where that is 1", drawn, "temperature-ignored"],
  ["of weights where there are none", drawn, "weighted-mean-over-sum-w"],
  ["of a model where there is none", drawn, "regularisation-omitted"],
])("a mistake %s is no mistake", (_what, task, id) => {
  const { not_applicable, untested } = open(task).separability;
  expect(not_applicable.map((one) => one.id)).toContain(id);
  expect(untested).not.toContain(id);
});

test("of mistakes that change only what is not asked for, none is called another's double", () => {
  const { ambiguous } = open({ ...drawn, parts: parts("loss") }).separability;
  expect(ambiguous.flat()).toContain("loss-sum-grad-mean");
  expect(ambiguous.flat()).not.toContain("grad-doubled");
});

describe("what to change is said", () => {
  const changes = (task: object) => cases(engine, { task }).changes;
  const of = (task: object, id: string) => changes(task).find(({ shows }) => shows.includes(id))?.change;

  test("which output to ask for", () => {
    expect(of({ ...drawn, parts: parts("loss") }, "grad-doubled")).toBe("Ask for gradients too: add it to parts.");
  });

  test("which case to add", () => {
    expect(of(drawn, "overflow-no-max-subtraction")).toContain("with logits of up to ±900");
  });

  test("how large l2 or the weights have to be, and then the mistake shows", () => {
    const task = (l2: number) => ({ ...ofModel, tolerance: "float64", cases: [{ ...model, l2 }] });
    const change = of(task(1e-8), "regularisation-loss-omitted")!;
    const [, l2] =
      /^In case "lecture" make l2 at least (\S+) \(it is 1e-8\), or its weights \d+ times as large\.$/.exec(change)!;
    expect(untested(task(1e-8))).toContain("regularisation-loss-omitted");
    expect(untested(task(Number(l2)))).not.toContain("regularisation-loss-omitted");
  });
});
