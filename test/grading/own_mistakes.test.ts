// A teacher's own mistake, an expression or a table in the task, is named like those of the catalogue.
import { describe, expect, test } from "vitest";
import { gradeSubmission, openTask } from "#lossd/grading/report/report.js";
import type { Numbers, Sample } from "#lossd/grading/task/sample.js";
import type { Problem } from "#lossd/problems.js";
import { engine } from "./tasks.js";

const cases = [
  { id: "a", generate: { seed: 1 } },
  { id: "b", generate: { seed: 2, rows: 11 } },
];
const student = "Your gradient is a quarter: who told you so?";
const open = (mistake: object, task: object = {}) =>
  openTask(engine, { loss: "cross_entropy", cases, ...task, mistakes: [{ id: "of-my-course", student, ...mistake }] });

type Wrong = (sample: Sample) => Numbers;
function claim(prepared: ReturnType<typeof open>, wrong: Wrong) {
  const claims = prepared.cases.map(({ sample }) => ({ case: sample.id, ...sample.right, ...wrong(sample) }));
  const plain = claims.map((one) =>
    Object.fromEntries(
      Object.entries(one).map(([name, value]) => [
        name,
        ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
      ]),
    ),
  );
  return gradeSubmission(prepared, { claims: plain });
}

/** The numbers of examples, reduced as a mean. */
const mean = (losses: Float64Array): Numbers => ({
  losses,
  loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
});
const ofRows = (
  { rows, classes, examples }: Sample,
  of: (z: Float64Array, y: number, j: number) => number,
): Numbers => ({
  gradients: Float64Array.from(
    { length: examples * classes },
    (_, at) => of(rows[Math.floor(at / classes)]!.z, rows[Math.floor(at / classes)]!.y, at % classes) / examples,
  ),
});
const softmax = (z: Float64Array) => {
  const powers = z.map((one) => Math.exp(one));
  return powers.map((one) => one / powers.reduce((sum, power) => sum + power, 0));
};

const margins = { loss: "squared_hinge", cases: cases.map((one) => ({ ...one, generate: { ...one.generate } })) };

describe.each<readonly [string, object, Wrong, object]>([
  [
    "a factor of the right gradient",
    { gradients: "0.27 * g" },
    ({ right }) => ({ gradients: right.gradients.map((g) => 0.27 * g) }),
    {},
  ],
  [
    "a formula of logits, probabilities and labels",
    { gradients: "p^2 - y + 0.1*z" },
    (sample) => ofRows(sample, (z, y, j) => softmax(z)[j]! ** 2 - (j === y ? 1 : 0) + 0.1 * z[j]!),
    {},
  ],
  [
    "losses of what a class has",
    { losses: "largest(z) - at_label(z) + log(c)" },
    ({ rows, classes }) => mean(Float64Array.from(rows, ({ z, y }) => Math.max(...z) - z[y]! + Math.log(classes))),
    {},
  ],
  [
    "a loss of one logit, with an option by its name",
    { gradients: "step(margin - y*z) * -y * sqrt(abs(z))" },
    ({ rows, examples }) => ({
      gradients: Float64Array.from(
        rows,
        ({ z, y }) => (y * z[0]! < 1 ? -y * Math.sqrt(Math.abs(z[0]!)) : 0) / examples,
      ),
    }),
    margins,
  ],
])("%s", (_what, mistake, wrong, task) => {
  const prepared = open(mistake, task);

  test("is named by its id, in the teacher's words", () => {
    const { diagnosis, student: told } = claim(prepared, wrong);
    expect([diagnosis.status, diagnosis.candidates.map(({ id }) => id)]).toEqual(["confirmed", ["of-my-course"]]);
    expect(told.mistakes?.map(({ sentence }) => sentence)).toEqual([student]);
  });

  test("is not said of what is right", () => {
    expect(claim(prepared, () => ({}) as Numbers)).toMatchObject({ verdict: "pass", diagnosis: { status: "none" } });
  });
});

test("a table is a mistake, too, and earns the credit that the task gives", () => {
  const first = open({ gradients: "g" });
  const shifted = (sample: Sample): Numbers => ({ losses: sample.right.losses.map((loss, i) => loss + 0.1 * i) });
  const table = first.cases.map(({ sample }) => ({ case: sample.id, losses: [...shifted(sample).losses!] }));
  const report = claim(open({ table }, { credit: { "of-my-course": 0.5 } }), shifted);
  expect(report.diagnosis.candidates[0]).toMatchObject({ id: "of-my-course", student, outputs: ["losses"] });
  expect(report.parts.map(({ output, score }) => `${output} ${score}`)).toContain("losses 0.25");
});

test("a mistake that no case can show is untested", () => {
  expect(open({ gradients: "g" }).separability.untested).toContain("of-my-course");
  expect(open({ gradients: "2.7*g" }).separability.untested).not.toContain("of-my-course");
});

test("a mistake of one's own changes nothing of the cases that are drawn", () => {
  const drawn = (mistake: object) => open(mistake).cases.map(({ sample }) => sample.rows.map(({ z }) => [...z]));
  expect(drawn({ gradients: "2.7*g" })).toEqual(drawn({ gradients: "z" }));
});

test.each<readonly [string, object, string, string]>([
  ["an unknown name", { gradients: "q - y" }, "/gradients", "names q, which is none of z, p, y, t, g, l, n, c"],
  ["an unknown function", { gradients: "tanh(z)" }, "/gradients", "calls tanh"],
  ["a class's number in an example's loss", { losses: "z - 1" }, "/losses", "inside of sum(…)"],
  ["a parenthesis that stays open", { losses: "sum(p" }, "/losses", 'no ")"'],
  ["a letter that is no name", { gradients: "p − y" }, "/gradients", 'cannot be read from "− y" on'],
  ["nothing after an operator", { gradients: "p -" }, "/gradients", "ends where a number should be"],
  ["something after the end", { gradients: "p y" }, "/gradients", "where it should end"],
  ["one number where two are taken", { gradients: "max(p)" }, "/gradients", "takes two"],
  ["neither expression nor table", {}, "", "either expressions"],
  ["an expression beside a table", { losses: "l", table: [{ case: "a", loss: 1 }] }, "", "either expressions"],
  ["an id of the catalogue", { id: "grad-sign-flipped", losses: "l" }, "/id", "which the catalogue has"],
  ["a table of no case", { table: [{ case: "x", loss: 1 }] }, "/table/0/case", "no case of the task"],
  ["a table of another shape", { table: [{ case: "a", losses: [1] }] }, "/table/0/losses", "shape"],
])("%s is refused with its place", (_what, mistake, place, words) => {
  let fault: Problem["errors"][number] | undefined;
  try {
    open(mistake);
  } catch (error) {
    [fault] = (error as Problem).errors;
  }
  expect([fault?.pointer, fault?.detail]).toEqual([`/task/mistakes/0${place}`, expect.stringContaining(words)]);
});
