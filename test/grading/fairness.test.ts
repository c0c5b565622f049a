// Right answers get full marks and no diagnosis, however they were computed; noise is never named.
import { expect, test } from "vitest";
import { gradeClaims, type PreparedTask } from "#lossd/grading/grade.js";
import { scoreOf } from "#lossd/grading/report/score.js";
import { SeededRandom } from "#lossd/grading/task/random.js";
import type { Numbers, Sample } from "#lossd/grading/task/sample.js";
import { compute } from "#lossd/library/compute.js";
import { float32Losses, inFloat32 } from "./float32.js";
import { noise, rounded } from "./submissions.js";
import { claiming, open } from "./tasks.js";

/** As many batches of three kinds, and a fifth of a fourth, of each loss as make 10,000 in all. */
const batches = Math.ceil(10_000 / (3.2 * float32Losses.length));

const taskOf = (loss: string, seed: number, more: object = {}): PreparedTask =>
  open({ loss, ...more, cases: [{ id: "drawn", generate: { seed, rows: 3 + (seed % 9) } }] });

function expectFullMarks(prepared: PreparedTask, answer: (sample: Sample) => Numbers, what: string): void {
  const graded = gradeClaims(
    prepared,
    claiming(prepared, (k) => answer(prepared.cases[k]!.sample)),
  );
  const { verdict, score, maxScore } = scoreOf(prepared, graded);
  const worst = JSON.stringify(graded.comparisons.find((one) => one.verdict === "fail")?.worst);
  expect([verdict, score, graded.diagnosis.candidates], `${what}: ${worst}`).toEqual(["pass", maxScore, []]);
}

/** The derivative of the reduced loss by each logit, by central differences. */
function byDifferences({ right, loss, rows, options, shape, classes, indexed }: Sample): Numbers {
  const step = 1e-6;
  const labels = rows.map(({ label, y }) => (indexed ? y : loss.kind === "rowwise" ? Array.from(label) : label[0]!));
  const flat = rows.flatMap(({ z }) => Array.from(z));
  const at = (place: number, by: number) => {
    const data = Float64Array.from(flat, (z, i) => (i === place ? z + by : z));
    const { outputs: _outputs, nonfinite: _nonfinite, ...asked } = options;
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    return compute(loss.name, { ...given, logits: { shape: [...shape], data }, labels, outputs: ["losses"] }).loss!;
  };
  const gradients = Float64Array.from(flat, (_, i) => (at(i, step) - at(i, -step)) / (2 * step));
  expect(gradients.length).toBe(rows.length * classes);
  return { ...right, gradients };
}

test.each(float32Losses)("right answers to %s pass in float64, float32, rounded to 6 digits", (loss) => {
  for (let seed = 0; seed < batches; seed++) {
    const prepared = taskOf(loss, seed);
    expectFullMarks(prepared, ({ right }) => right, `float64, seed ${seed}`);
    expectFullMarks(prepared, inFloat32, `float32, seed ${seed}`);
    expectFullMarks(prepared, ({ right }) => rounded(6, right), `rounded, seed ${seed}`);
  }
});

test.each(float32Losses)("gradients of %s by central differences pass where the task says so", (loss) => {
  for (let seed = 0; seed < batches / 5; seed++) {
    const prepared = taskOf(loss, seed, { tolerance: "finite-difference" });
    expectFullMarks(prepared, byDifferences, `seed ${seed}`);
  }
});

test("noise in 10,000 submissions is never confirmed or likely", () => {
  for (const loss of float32Losses) {
    const prepared = open({
      loss,
      cases: [
        { id: "a", generate: { seed: 1 } },
        { id: "b", generate: { seed: 2, rows: 4 } },
      ],
    });
    for (let seed = 0; seed < 10_000 / float32Losses.length; seed++) {
      const { diagnosis } = gradeClaims(
        prepared,
        claiming(prepared, (k) => noise(seed, prepared.cases[k]!.sample)),
      );
      expect(["none", "weak"], `${loss}, seed ${seed}: ${JSON.stringify(diagnosis.candidates)}`).toContain(
        diagnosis.status,
      );
    }
  }
});

test("a right gradient times any number is named only where the number is one of the catalogue's", () => {
  for (const loss of float32Losses) {
    const prepared = open({ loss, cases: [{ id: "a", generate: { seed: 1 } }] });
    const { right } = prepared.cases[0]!.sample;
    for (let seed = 0; seed < 2_000 / float32Losses.length; seed++) {
      const random = new SeededRandom(seed);
      const factor = random.between(-10, 10);
      const claims = claiming(prepared, () => ({ ...right, gradients: right.gradients.map((g) => g * factor) }));
      const { status, candidates } = gradeClaims(prepared, claims).diagnosis;
      expect(["none", "weak"], `${loss}, times ${factor}: ${JSON.stringify(candidates)}`).toContain(status);
    }
  }
});
