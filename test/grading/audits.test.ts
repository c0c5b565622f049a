// Famous assignments: what a check at their published scales cannot see, and that the repaired task sees it. Each mistake
// is made, and its claim graded.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { multiply, reduce, regularised, unregularised, variantsOf } from "#lossd/grading/diagnosis/predict.js";
import { type PreparedTask, prepareTask } from "#lossd/grading/grade.js";
import { findMistake } from "#lossd/grading/mistakes/catalogue.js";
import type { Mistake } from "#lossd/grading/mistakes/mistake.js";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import type { Numbers, Sample } from "#lossd/grading/task/sample.js";
import { readTask } from "#lossd/grading/task/task.js";
import { arithmetic, engine } from "./tasks.js";

interface Audit {
  readonly name: string;
  readonly blind: readonly string[];
}
const read = (name: string): unknown => JSON.parse(readFileSync(`examples/audits/${name}.json`, "utf8"));
const audits = read("audits") as readonly Audit[];
const readme = readFileSync("examples/audits/README.md", "utf8");

/** What each way to make a mistake gives for a case; undefined where it cannot be made there. */
function wrongAnswers(mistake: Mistake, sample: Sample): readonly (Numbers | undefined)[] {
  const right = unregularised(sample);
  switch (mistake.kind) {
    case "shape":
      return mistake.variants
        .map((variant) => variant(sample, arithmetic))
        .map((wrong) => wrong && regularised(sample, reduce(sample, wrong)));
    case "form":
      return mistake.variants
        .map((variant) => variant(right, sample))
        .map((wrong) => wrong && regularised(sample, { ...right, ...wrong }));
    case "factor":
      return variantsOf(mistake.of(sample, arithmetic)).map(
        (factors) => factors && regularised(sample, multiply(right, factors)),
      );
    default:
      return variantsOf(mistake.of(sample)).map((penalty) => penalty && regularised(sample, right, penalty));
  }
}

/** The verdict on a mistake that is made in all cases, in each way that there is. */
function verdictsOn(prepared: PreparedTask, id: string): string[] {
  const answers = prepared.cases.map(({ sample }) => wrongAnswers(findMistake(id)!, sample));
  const plain = (numbers: Numbers) =>
    Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, typeof value === "number" ? value : [...value]]),
    );
  return answers[0]!.flatMap((_, variant) => {
    const all = answers.map((one) => one[variant]);
    if (all.some((one) => one === undefined)) return [];
    const claims = prepared.cases.map(({ sample }, k) => ({ case: sample.id, ...plain(all[k]!) }));
    return [gradeSubmission(prepared, { claims }).verdict];
  });
}

describe.each(audits)("$name", ({ name, blind }) => {
  const published = prepareTask(engine, readTask(read(name)));
  const repaired = prepareTask(engine, readTask(read(`${name}-repaired`)));

  test.each(blind)("at its scales a claim that makes %s is right, and the repaired task sees it", (id) => {
    expect(verdictsOn(published, id)).toContain("pass");
    const found = verdictsOn(repaired, id);
    expect(found.length).toBeGreaterThan(0);
    expect(found).not.toContain("pass");
  });

  test("the README names the assignment and each of its blind spots", () => {
    const section = readme.split("\n## ").find((text) => text.includes(`(${name}.json)`));
    for (const id of blind) expect(section).toContain(`\`${id}\``);
  });
});
