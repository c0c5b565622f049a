// Mistakes that come together: each part is explained on its own, and a factor may be a product of two.
import { expect, test } from "vitest";
import { multiply } from "#lossd/grading/diagnosis/predict.js";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import type { Sample } from "#lossd/grading/task/sample.js";
import { claiming, open } from "./tasks.js";

const first = { id: "first", generate: { seed: 1 } };
const second = { id: "second", generate: { seed: 2, rows: 11 } };
const inBits = 1 / Math.log(2);

type Wrong = (sample: Sample) => { loss?: number; losses?: number; gradients?: number };
const bitsAndN: Wrong = ({ denominator }) => ({ loss: inBits, losses: inBits, gradients: denominator });

function diagnosed(wrong: Wrong, cases: readonly object[], loss = "cross_entropy") {
  const prepared = open({ loss, cases });
  const numbers = (k: number) => {
    const { sample } = prepared.cases[k]!;
    return multiply(sample.right, wrong(sample));
  };
  return gradeSubmission(prepared, claiming(prepared, numbers)).diagnosis;
}

test.each<[string, Wrong, string, string[], string | undefined, string]>([
  [
    "bits beside a gradient without 1/N",
    bitsAndN,
    "confirmed",
    ["log2-loss-only", "grad-missing-1-over-n"],
    "1/ln 2 and N",
    "bug",
  ],
  [
    "the sum of a log-likelihood's gradient beside its mean",
    ({ denominator }) => ({ loss: -1, losses: -1, gradients: denominator }),
    "confirmed",
    ["loss-sign-flipped", "grad-missing-1-over-n"],
    "−1 and N",
    "bug",
  ],
  [
    "a gradient times 2N",
    ({ denominator }) => ({ gradients: 2 * denominator }),
    "likely",
    ["grad-missing-1-over-n", "grad-doubled"],
    "N and 2",
    "bug",
  ],
  [
    "a gradient times N·C",
    ({ denominator, classes }) => ({ gradients: classes * denominator }),
    "likely",
    ["grad-missing-1-over-n", "grad-times-classes"],
    "N and C",
    "bug",
  ],
  [
    "a sum in bits, with the gradient of that",
    ({ denominator }) => ({ loss: inBits * denominator, losses: inBits, gradients: inBits * denominator }),
    "likely",
    ["sum-instead-of-mean", "log2"],
    "N and 1/ln 2",
    "convention",
  ],
  [
    "a loss divided by N twice, beside its right gradient",
    ({ denominator }) => ({ loss: 1 / denominator }),
    "likely",
    ["mean-divided-by-n-twice"],
    "1/N",
    "bug",
  ],
  ["a factor that is no product of two", () => ({ gradients: 3.7 }), "none", [], undefined, ""],
])("%s is named", (_name, wrong, status, ids, factor, kind) => {
  const { status: found, candidates } = diagnosed(wrong, [first, second]);
  expect([found, candidates.flatMap(({ id, also = [] }) => [id, ...also])]).toEqual([status, ids]);
  if (candidates.length > 0) expect(candidates).toMatchObject([{ factor, kind }]);
});

test("one batch alone makes a product weak, because it is a single number", () => {
  const wrong: Wrong = ({ denominator }) => ({ gradients: 2 * denominator });
  expect(diagnosed(wrong, [first]).status).toBe("weak");
  expect(diagnosed(bitsAndN, [first]).status).toBe("likely");
});

test("where a pair of factors and a mistake a part say the same, it is ambiguous", () => {
  const temperature = { temperature: 3, scale_by_temperature_squared: true };
  const prepared = open({ loss: "kl_divergence", ...temperature, cases: [first, second] });
  const numbers = (k: number) =>
    multiply(prepared.cases[k]!.sample.right, { loss: 1 / 9, losses: 1 / 9, gradients: 1 / 3 });
  const { status, candidates } = gradeSubmission(prepared, claiming(prepared, numbers)).diagnosis;
  expect([status, candidates.map(({ also }) => also)]).toEqual(["ambiguous", [["t-once"], ["grad-missing-1-over-t"]]]);
});
