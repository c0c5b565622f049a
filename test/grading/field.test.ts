// What strangers sent: each submission with the verdict that a lecturer would give.
import { describe, expect, test } from "vitest";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import { check } from "#lossd/grading/requests.js";
import { findLoss } from "#lossd/losses/registry.js";
import { engine, open } from "./tasks.js";

const rows = {
  logits: [
    [2, 1, 0.1],
    [0.5, 2, 1],
    [1, 1, 3],
  ],
  labels: [1, 0, 2],
};
const regression = {
  loss: "mse",
  cases: [
    {
      id: "a",
      inputs: [
        [1, 2],
        [3, -1],
        [0.5, 0.7],
      ],
      weights: [[0.3], [-0.2]],
      labels: [0.4, 1.1, -0.3],
    },
    {
      id: "b",
      inputs: [
        [1, -1],
        [2, 0.5],
        [0.3, 1.7],
        [-1, 0.2],
      ],
      weights: [[0.6], [0.1]],
      labels: [0.2, 0.9, -0.5, 1],
    },
  ],
};
const named = ({ diagnosis }: { diagnosis: { candidates: readonly { id: string; also?: readonly string[] }[] } }) =>
  diagnosis.candidates.map(({ id, also = [] }) => [id, ...also]);

describe("nobody is accused of a mistake that changes nothing", () => {
  test("a gradient by forward differences fails, unnamed, where no losses were claimed", () => {
    const gradients = [
      [0.21967079156803848, -0.25251928205793917, 0.03285677768749551],
      [-0.286583195963086, 0.2095144643643465, 0.07707759525077407],
      [0.035503912403367366, 0.035503912403367366, -0.07100185868358366],
    ];
    const report = check(engine, findLoss("cross_entropy")!, {
      ...rows,
      claim: { loss: 1.2069811888692208, gradients },
    });
    expect(report.parts.map(({ output, verdict }) => [output, verdict])).toEqual([
      ["loss", "pass"],
      ["gradients", "fail"],
    ]);
    expect([report.diagnosis.status, named(report)]).toEqual(["none", []]);
  });

  test("a regression off by 2e-5 is told nothing of losses that it did not give", () => {
    const parts = ["loss", "gradients_weights"].map((output) => ({ output, points: 2 }));
    const report = gradeSubmission(open({ ...regression, parts }), {
      claims: [
        { case: "a", loss: 0.115368974, gradients_weights: [[-0.2300046000000004], [-0.5220104399999999]] },
        { case: "b", loss: 0.8578671569999999, gradients_weights: [[1.4175283499999998], [0.5020100399999998]] },
      ],
    });
    expect([report.verdict, report.diagnosis.status, named(report)]).toEqual(["fail", "none", []]);
  });
});

test("a weights' gradient without 1/N is named by itself: of the bias's, which is right, nothing is said", () => {
  const parts = ["loss", "gradients_weights", "gradients_bias"].map((output) => ({ output, points: 1 }));
  const cases = regression.cases.map((one, k) => ({ ...one, bias: [[0.1], [-0.2]][k] }));
  const credit = { "grad-missing-1-over-n": 0.5 };
  const report = gradeSubmission(open({ ...regression, cases, parts, credit }), {
    claims: [
      { case: "a", loss: 0.1127, gradients_weights: [[0.21], [-1.226]], gradients_bias: [0.0733333333333334] },
      { case: "b", loss: 0.90585, gradients_weights: [[4.75], [1.448]], gradients_bias: [-0.44] },
    ],
  });
  expect(report.diagnosis.candidates.map(({ id, outputs }) => [id, outputs])).toEqual([
    ["grad-missing-1-over-n", ["gradients_weights"]],
  ]);
  expect(report.score).toBe(2.5);
  expect(report.student.mistakes!.map(({ sentence }) => sentence)).toEqual([
    "Your gradient by the weights matches one that is not averaged: divide it by the number of examples.",
  ]);
});

describe("what a lecturer would pass is passed", () => {
  const course = {
    loss: "cross_entropy",
    cases: [
      {
        id: "lecture",
        logits: [
          [2.1, -0.3, 0.4],
          [0.2, 1.7, -1.1],
          [-0.8, 0.6, 1.9],
          [1.3, 0.9, -2.2],
          [-1.6, 0.1, 0.7],
        ],
        labels: [0, 2, 2, 1, 0],
      },
    ],
  };
  const losses = [0.24169164875571972, 3.049933648711793, 0.29247355427703436, 0.9309325750203239, 2.8002117836081992];
  const gradients = [
    [-0.04294034241467863, 0.014248130680476305, 0.028692211734202323],
    [0.03475709479159554, 0.1557704918441978, -0.19052758663579336],
    [0.01003264034674848, 0.04068436280149898, -0.050717003148247466],
    [0.11761126145219829, -0.12116281380905285, 0.003551552356854579],
    [-0.1878405629171241, 0.06656011890467962, 0.12128044401244446],
  ];
  const sixDigits = (value: number) => Number(value.toPrecision(6));
  const added = losses.map((one) => -Math.log(Math.exp(-one) + 1e-7));
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

  test.each<[string, object, string]>([
    [
      "six significant digits",
      { loss: 1.46305, losses: losses.map(sixDigits), gradients: gradients.map((row) => row.map(sixDigits)) },
      "pass",
    ],
    ["only the loss rounded to four decimals", { loss: 1.463, losses, gradients }, "pass"],
    ["a loss that is a unit of its last digit off", { loss: 1.4631, losses, gradients }, "pass"],
    ["a loss that is three units of its last digit off", { loss: 1.4633, losses, gradients }, "partial"],
    ["1e-7 added inside the logarithm", { loss: mean(added), losses: added, gradients }, "pass"],
  ])("%s", (_what, claim, verdict) => {
    const report = gradeSubmission(open(course), { claims: [{ case: "lecture", ...claim }] });
    expect([report.verdict, named(report)]).toEqual([verdict, []]);
  });

  test.each<[string, object, string]>([
    ["a task that asks for six digits refuses four", { min_digits: 6 }, "partial"],
    ["an explicit tolerance finds no rounding", { tolerance: "float64" }, "partial"],
    ["a task that asks for two decimals takes them", { tolerance: "rounded:2" }, "pass"],
    ["a task that asks for four significant digits takes them", { tolerance: "significant:4" }, "pass"],
  ])("%s", (_what, more, verdict) => {
    const claim = { case: "lecture", loss: 1.463, losses, gradients };
    expect(gradeSubmission(open({ ...course, ...more }), { claims: [claim] }).verdict).toBe(verdict);
  });
});

describe("an array of another shape costs its own part", () => {
  const parts = [
    { output: "loss", points: 2 },
    { output: "losses", points: 3 },
    { output: "gradients", points: 5 },
  ];
  const task = { loss: "mse", parts, cases: [{ id: "a", logits: [1, 2, 4], labels: [0, 0, 1] }] };
  const claim = { case: "a", loss: 14 / 3, losses: [[1], [4], [9]], gradients: [2 / 3, 4 / 3, 2] };
  const graded = (more: object = {}, claims: object = {}) =>
    gradeSubmission(open({ ...task, ...more }), { claims: [{ ...claim, ...claims }] });

  test("which is named, and the rest is graded", () => {
    const report = graded();
    expect([report.verdict, report.score]).toEqual(["partial", 7]);
    expect(report.parts.map(({ verdict }) => verdict)).toEqual(["pass", "malformed", "pass"]);
    expect(report.diagnosis.format_errors).toEqual([
      {
        pointer: "/submission/claims/0/losses",
        detail: "has shape [3, 1], but must have shape [3]",
      },
    ]);
    expect(report.student.message).toContain("a: losses has shape [3, 1]");
  });

  test("and nothing where the task squeezes", () => {
    expect(graded({ squeeze: true }).score).toBe(10);
    expect(graded({ squeeze: true }, { losses: [[1, 4, 9]] }).score).toBe(10);
    expect(
      graded(
        { squeeze: true },
        {
          losses: [
            [1, 4],
            [9, 0],
          ],
        },
      ).score,
    ).toBe(7);
  });

  test("of a hidden case no word but that", () => {
    const report = graded({ cases: [{ ...task.cases[0], visibility: "hidden" }] });
    expect(report.student.message).toContain("Not graded: hidden cases: losses does not have the right form.");
    expect(JSON.stringify(report.student)).not.toContain("[3");
  });

  test("and where nothing else is claimed, nothing is graded", () => {
    expect(graded({}, { loss: null, gradients: null }).verdict).toBe("format_error");
  });
});
