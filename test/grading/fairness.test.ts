// Right answers get full marks and no diagnosis, however they were computed; noise is never named.
import { expect, test } from "vitest";
import { gradeClaims, type PreparedTask } from "#lossd/grading/grade.js";
import { scoreOf } from "#lossd/grading/report/score.js";
import { SeededRandom } from "#lossd/grading/task/random.js";
import type { Numbers, Sample } from "#lossd/grading/task/sample.js";
import { compute } from "#lossd/library/compute.js";
import { losses } from "#lossd/losses/registry.js";
import { hasProgram, inFloat32 } from "./float32.js";
import { noise, rounded } from "./submissions.js";
import { claiming, open } from "./tasks.js";

const names = losses.map(({ name }) => name);

/** As many batches of each loss as make 10,000 by three ways to answer and a fifth by a fourth. */
const batches = Math.ceil(10_000 / (3.2 * names.length));

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

/** The answer to a sample's request with these logits in place of its own. */
function answered({ loss, rows, options, shape, indexed }: Sample, data: Float64Array) {
  const labels = rows.map(({ label, y }) => (indexed ? y : loss.kind === "rowwise" ? Array.from(label) : label[0]!));
  const { outputs: _outputs, nonfinite: _nonfinite, ...asked } = options;
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const outputs = ["losses", "gradients"] as const;
  return compute(loss.name, { ...given, logits: { shape: [...shape], data }, labels, outputs });
}

const logitsOf = ({ rows }: Sample) => Float64Array.from(rows.flatMap(({ z }) => Array.from(z)));

/** The derivative of the reduced loss by each logit, by central differences. */
function byDifferences(sample: Sample): Numbers {
  const step = 1e-6;
  const logits = logitsOf(sample);
  const at = (place: number, by: number) => answered(sample, logits.with(place, logits[place]! + by)).loss!;
  const gradients = logits.map((_, place) => (at(place, step) - at(place, -step)) / (2 * step));
  return { ...sample.right, gradients };
}

/** What any stable program in float32 gives: the answer to logits that are off by some roundings, off by some more. */
const roundedSomewhere =
  (seed: number) =>
  (sample: Sample): Numbers => {
    const random = new SeededRandom(seed);
    const off = (value: number) => Math.fround(value * (1 + random.between(-4, 4) * 2 ** -24));
    const { loss, losses, gradients } = answered(sample, logitsOf(sample).map(off));
    return {
      loss: off(loss!),
      losses: Float64Array.from(losses!.data, off),
      gradients: Float64Array.from(gradients!.data, off),
    };
  };

test.each(names)("right answers to %s pass in float64, float32, rounded to 6 digits", (loss) => {
  for (let seed = 0; seed < batches; seed++) {
    const prepared = taskOf(loss, seed);
    expectFullMarks(prepared, ({ right }) => right, `float64, seed ${seed}`);
    expectFullMarks(prepared, roundedSomewhere(seed), `roundings, seed ${seed}`);
    if (hasProgram(loss)) expectFullMarks(prepared, inFloat32, `float32, seed ${seed}`);
    expectFullMarks(prepared, ({ right }) => rounded(6, right), `rounded, seed ${seed}`);
  }
});

test.each(names)("gradients of %s by central differences pass where the task says so", (loss) => {
  for (let seed = 0; seed < batches / 5; seed++) {
    const prepared = taskOf(loss, seed, { tolerance: "finite-difference" });
    expectFullMarks(prepared, byDifferences, `seed ${seed}`);
  }
});

test("noise in 10,000 submissions is never confirmed or likely", () => {
  for (const loss of names) {
    const prepared = open({
      loss,
      cases: [
        { id: "a", generate: { seed: 1 } },
        { id: "b", generate: { seed: 2, rows: 4 } },
      ],
    });
    for (let seed = 0; seed < 10_000 / names.length; seed++) {
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
  for (const loss of names) {
    const prepared = open({ loss, cases: [{ id: "a", generate: { seed: 1 } }] });
    const { right } = prepared.cases[0]!.sample;
    for (let seed = 0; seed < 2_000 / names.length; seed++) {
      const random = new SeededRandom(seed);
      const factor = random.between(-10, 10);
      const claims = claiming(prepared, () => ({ ...right, gradients: right.gradients.map((g) => g * factor) }));
      const { status, candidates } = gradeClaims(prepared, claims).diagnosis;
      expect(["none", "weak"], `${loss}, times ${factor}: ${JSON.stringify(candidates)}`).toContain(status);
    }
  }
});
