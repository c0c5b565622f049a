// Submissions whose numbers no mistake of the catalogue explains: those that made the same one are found by their numbers.
import { beforeAll, describe, expect, test } from "vitest";
import { gradeLines } from "#lossd/grading/lines.js";
import { openTask } from "#lossd/grading/report/report.js";
import { GradeTotals } from "#lossd/grading/report/totals.js";
import { SeededRandom } from "#lossd/grading/task/random.js";
import type { Sample } from "#lossd/grading/task/sample.js";
import { engine } from "./tasks.js";

const prepared = openTask(engine, {
  loss: "cross_entropy",
  cases: [
    { id: "a", generate: { seed: 1 } },
    { id: "b", generate: { seed: 2, rows: 11 } },
  ],
});
const samples = prepared.cases.map(({ sample }) => sample);

type Change = (value: number, sample: Sample, at: number) => number;
interface Slip {
  readonly losses?: Change;
  readonly gradients?: Change;
}

/** Slips that the catalogue does not have. */
const planted: readonly Slip[] = [
  { gradients: (g) => 0.27 * g },
  { gradients: (g, { rows, classes }, at) => g + 0.03 * rows[Math.floor(at / classes)]!.z[at % classes]! ** 2 },
  { losses: (loss) => Math.sqrt(loss) * 1.31 },
];
const digits = (value: number, count: number) => Number(value.toPrecision(count));
const printings: readonly ((value: number) => number)[] = [
  (value) => value,
  Math.fround,
  (value) => Number(value.toFixed(4)),
  (value) => Number(value.toFixed(6)),
  (value) => digits(value, 5),
  (value) => digits(value, 6),
  (value) => digits(Math.fround(value), 8),
];

function submissionOf({ losses, gradients }: Slip, print: (value: number) => number): string {
  const claims = samples.map((sample) => {
    const changed = (values: Float64Array, change?: Change) =>
      Array.from(values, (value, at) => (change ? change(value, sample, at) : value));
    const own = changed(sample.right.losses, losses);
    const loss = own.reduce((sum, value) => sum + value, 0) / own.length;
    return {
      case: sample.id,
      loss: print(loss),
      losses: own.map(print),
      gradients: changed(sample.right.gradients, gradients).map(print),
    };
  });
  return JSON.stringify({ claims });
}

/** As a pool does it: bundles by different workers, added up in their order. */
function gradeAll(lines: readonly string[], bundle: number): GradeTotals {
  const totals = new GradeTotals();
  for (let from = 0; from < lines.length; from += bundle) {
    const body = Buffer.from(lines.slice(from, from + bundle).join("\n"));
    const task = { key: "", body: new Uint8Array() };
    totals.add(
      gradeLines(prepared, {
        format: "graded_lines",
        loss: "",
        body,
        task,
        first: from + 1,
        replies: false,
        elementsMax: 1e6,
      }),
    );
  }
  return totals;
}

describe("500 submissions: three unknown mistakes in mixed printings, and 100 that are alone", () => {
  const random = new SeededRandom(7);
  const alone = (): Slip => {
    const noise = new SeededRandom(random.below(2 ** 31));
    return { gradients: (g) => g * noise.between(-3, 3) + noise.between(-1, 1) };
  };
  const truth: (number | undefined)[] = [];
  const lines: string[] = [];
  let totals: GradeTotals;

  beforeAll(() => {
    for (let i = 0; i < 500; i++) {
      const which = i % 5 === 4 ? undefined : (Math.floor(i / 5) * 4 + (i % 5)) % 3;
      truth.push(which);
      lines.push(submissionOf(which === undefined ? alone() : planted[which]!, printings[random.below(7)]!));
    }
    totals = gradeAll(lines, 64);
  });

  test("are three clusters, of purity 0.99 and recall 0.95 at least", () => {
    const clusters = totals.clusters;
    expect(clusters.length).toBe(3);
    const counted = clusters.map(({ lines }) => {
      const counts = planted.map((_, k) => lines.filter((line) => truth[line - 1] === k).length);
      return { kind: counts.indexOf(Math.max(...counts)), most: Math.max(...counts), all: lines.length };
    });
    expect(counted.map(({ kind }) => kind).sort()).toEqual([0, 1, 2]);
    const found = counted.reduce((sum, { most }) => sum + most, 0);
    expect(found / counted.reduce((sum, { all }) => sum + all, 0)).toBeGreaterThanOrEqual(0.99);
    expect(found / truth.filter((one) => one !== undefined).length).toBeGreaterThanOrEqual(0.95);
  });

  test("say what the numbers are, where they are a multiple", () => {
    const multiple = totals.clusters.find(({ lines }) => truth[lines[0]! - 1] === 0)!;
    expect([multiple.outputs, multiple.details]).toEqual([["gradients"], ["is 0.27 × the right one"]]);
  });

  test("are the same clusters however the lines are bundled", () => {
    const some = lines.slice(0, 120);
    expect(gradeAll(some, 120).summary()).toBe(gradeAll(some, 7).summary());
  });
});

test.each<readonly [string, Slip]>([
  ["right", {}],
  ["explained", { gradients: (g) => -g }],
])("submissions that are %s are in no cluster", (_what, slip) => {
  const totals = gradeAll([submissionOf(slip, (value) => value), submissionOf(slip, Math.fround)], 1);
  expect(JSON.parse(totals.summary())).toMatchObject({ lines: 2, unexplained: 0, clusters: [] });
});

test("an infinity is the same as itself, and another place of it is another mistake", () => {
  const at = (place: number): Slip => ({ gradients: (g, _, i) => (i === place ? Number.POSITIVE_INFINITY : 0.3 * g) });
  const texts = [at(0), at(1), at(0)].map((slip) =>
    submissionOf(slip, (value) => value).replaceAll("null", '"Infinity"'),
  );
  expect(gradeAll(texts, 3).clusters.map(({ lines }) => lines)).toEqual([[1, 3]]);
});
