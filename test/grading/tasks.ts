import { Engine } from "#lossd/engine/engine.js";
import type { PreparedTask } from "#lossd/grading/grade.js";
import { gradeSubmission, openTask, type Report } from "#lossd/grading/report/report.js";
import type { Arithmetic } from "#lossd/grading/task/arithmetic.js";
import { arithmeticOf } from "#lossd/grading/task/arithmetic.js";
import { SeededRandom } from "#lossd/grading/task/random.js";
import type { Numbers } from "#lossd/grading/task/sample.js";
import { losses } from "#lossd/losses/registry.js";

export const engine = Engine.load();
export const arithmetic: Arithmetic = arithmeticOf(engine);

/** Options that bring out every mistake of a loss: off their defaults, and off what makes two mistakes agree. */
const options: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  cross_entropy: [
    { temperature: 3, label_smoothing: 0.1, ignore_index: -100 },
    { class_weights: [0.5, 0.8, 1.1, 1.4, 1.7], mean_over: "weights" },
    { class_weights: [0.5, 0.8, 1.1, 1.4, 1.7], mean_over: "count" },
  ],
  binary_cross_entropy: [{ pos_weight: 3, label_smoothing: 0.1 }, {}, { pos_weight: 3 }],
  focal: [{ gamma: 2.5, alpha: 0.25 }],
  softmax_focal: [{ gamma: 2.5, alpha: [0.5, 0.8, 1.1, 1.4, 1.7] }],
  reverse_kl: [{ temperature: 3 }],
  jensen_shannon: [{ temperature: 3, beta: 0.3 }],
  huber: [{ delta: 1.5 }],
  smooth_l1: [{ beta: 1.5 }],
  kl_divergence: [{ temperature: 3, scale_by_temperature_squared: true }, { temperature: 3 }],
};

/** Inputs that show what ordinary logits hide. */
export const stress: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  cross_entropy: [
    {
      id: "clips",
      logits: [
        [40, 0, -3, 1, 2],
        [1, 2, -38, 0, 3],
        [0.5, 1, 2, 3, 4],
      ],
      labels: [1, 2, 0],
    },
    {
      id: "overflows",
      logits: [
        [120, 3, -1, 0, 1],
        [2, 800, 1, 3, 0],
        [0.5, 1, 2, 3, 4],
      ],
      labels: [1, 1, 0],
    },
  ],
  binary_cross_entropy: [
    { id: "clips", logits: [40, -38, 0.5, 17.5], labels: [0, 1, 1, 0] },
    { id: "overflows", logits: [120, 800, -750, 1], labels: [1, 1, 0, 0] },
  ],
};

export interface NamedTask {
  readonly name: string;
  readonly task: Readonly<Record<string, unknown>>;
}

/** A linear model of a size, drawn from a seed. */
function linearCase(id: string, seed: number, rows: number, features: number, classes: number): object {
  const random = new SeededRandom(seed);
  const matrix = (height: number, width: number) =>
    Array.from({ length: height }, () => Array.from({ length: width }, () => random.between(-1, 1)));
  return {
    id,
    inputs: matrix(rows, features),
    weights: matrix(features, classes),
    bias: matrix(1, classes)[0],
    l2: 0.1,
    labels: Array.from({ length: rows }, (_, i) => (i * 2 + 1) % classes),
  };
}

/** Square sizes are where a transpose is legal; the others tell everything else apart. */
const linearTasks: readonly NamedTask[] = ["cross_entropy", "multi_margin"].map((loss) => ({
  name: `${loss} of a linear model`,
  task: {
    loss,
    cases: [linearCase("tall", 1, 7, 4, 5), linearCase("square", 2, 5, 5, 5), linearCase("wide", 3, 11, 6, 3)],
  },
}));

/** A task a loss and set of options, each with two drawn cases of different size, and the loss's stress cases. */
const drawnTasks: readonly NamedTask[] = losses.flatMap((loss) =>
  (options[loss.name] ?? [{}]).map((own, i) => ({
    name: `${loss.name} ${i}`,
    task: {
      loss: loss.name,
      ...own,
      cases: [
        { id: "first", generate: { seed: 1 } },
        { id: "second", generate: { seed: 2, rows: 11, ...(loss.kind === "rowwise" && { columns: 5 }) } },
        ...(loss.kind === "elementwise" ? [{ id: "matrix", generate: { seed: 3, rows: 7, columns: 3 } }] : []),
        ...(stress[loss.name] ?? []),
      ],
    },
  })),
);

/** Distributions as labels, which no drawn case of cross-entropy has. */
const softTask: NamedTask = {
  name: "cross_entropy of soft labels",
  task: {
    loss: "cross_entropy",
    cases: [7, 11].map((rows, k) => {
      const random = new SeededRandom(k + 1);
      return {
        id: `${rows} rows`,
        logits: Array.from({ length: rows }, () => Array.from({ length: 4 + k }, () => random.between(-3, 3))),
        labels: Array.from({ length: rows }, (_, i) => {
          const share = (10 + i) / 40;
          return Array.from({ length: 4 + k }, (_, c) => (c === i % 4 ? 1 - share : c === (i + 1) % 4 ? share : 0));
        }),
      };
    }),
  },
};

export const tasks: readonly NamedTask[] = [...drawnTasks, ...linearTasks, softTask];

export function open(task: unknown): PreparedTask {
  return openTask(engine, task);
}

/** A submission that claims these numbers for the cases of a task. */
export function claiming(prepared: PreparedTask, claims: (k: number) => Numbers): { claims: object[] } {
  return {
    claims: prepared.cases.map(({ sample }, k) => {
      const entries = Object.entries(claims(k)).map(([output, value]: [string, number | Float64Array]) => [
        output,
        typeof value === "number" ? spelled(value) : Array.from(value, spelled),
      ]);
      return { case: sample.id, ...Object.fromEntries(entries) };
    }),
  };
}

function spelled(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Three rows of three classes, and a task of them alone. */
export const batch = {
  logits: [
    [2, 1, 0.1],
    [0.5, 2, 1],
    [1, 1, 3],
  ],
  labels: [1, 0, 2],
};
export const task = { loss: "cross_entropy", cases: [{ id: "a", ...batch }] };

/** Grades the right answers of that task, changed. */
export function graded(more: object, change: (right: Numbers) => Numbers): Report {
  const prepared = open({ ...task, ...more });
  return gradeSubmission(
    prepared,
    claiming(prepared, (k) => change(prepared.cases[k]!.sample.right)),
  );
}
