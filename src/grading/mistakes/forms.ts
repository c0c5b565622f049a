import type { Numbers, Right } from "../task/sample.ts";
import type { Form } from "./mistake.ts";
import { everyLoss, rowwiseLosses } from "./multipliers.ts";

export const transpose = (values: Float64Array, rows: number, columns: number) =>
  values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);

/** Half a unit of the last decimal is what a tolerance would have to allow: few decimals say too little. */
function rounded(decimals: number, right: Right): Numbers {
  const round = (value: number) => Number(value.toFixed(decimals));
  const entries = Object.entries(right) as [string, number | Float64Array][];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "number" ? round(value) : value.map(round)]),
  );
}

export const formMistakes: readonly Form[] = [
  {
    id: "gradient-transposed",
    kind: "form",
    losses: rowwiseLosses,
    formula: "gᵀ",
    student: "Your gradient matches the transpose of the right one: rows are examples, columns are classes.",
    instructor: "C×N instead of N×C; where N = C the shape does not tell.",
    source: "RubixML/ML PR#438",
    variants: [({ gradients }, { examples, classes }) => ({ gradients: transpose(gradients, examples, classes) })],
  },
  {
    id: "mean-repeated-per-example",
    kind: "form",
    losses: everyLoss,
    formula: "L_i = mean L",
    student: "Each of your losses matches the average: return one loss per example.",
    instructor: "The reduced loss is repeated once per example.",
    source: "Definition of the output.",
    variants: [
      ({ loss, losses }) => (loss === undefined ? undefined : { losses: new Float64Array(losses.length).fill(loss) }),
    ],
  },
  {
    id: "rounded-output",
    kind: "form",
    losses: everyLoss,
    formula: "round(·, d), d of 1 to 3",
    student: "Your numbers are right as far as they go: print at least nine digits.",
    instructor: "Right numbers with three decimals or fewer.",
    source: "RunestoneInteractive/RunestoneServer#1586",
    variants: [3, 2, 1].map((decimals) => (right) => rounded(decimals, right)),
  },
  {
    id: "root-of-loss",
    kind: "form",
    since: 3,
    losses: everyLoss,
    formula: "√L",
    student: "Your loss matches the root of the right one: the task asks for it without.",
    instructor: "A root mean square, with or without its derivative, or the norm of the errors.",
    source: "Definition of the loss.",
    variants: [
      ({ loss }) => positive(loss, (value) => ({ loss: Math.sqrt(value) })),
      ({ loss, gradients }) =>
        positive(loss, (value) => ({
          loss: Math.sqrt(value),
          gradients: gradients.map((g) => g / (2 * Math.sqrt(value))),
        })),
      ({ loss }, { denominator }) =>
        denominator > 1 ? positive(loss, (value) => ({ loss: Math.sqrt(denominator * value) })) : undefined,
    ],
  },
  {
    id: "perplexity-for-loss",
    kind: "form",
    since: 3,
    losses: everyLoss,
    formula: "e^L",
    student: "Your loss matches the exponential of the right one, which is a perplexity.",
    instructor: "exp of the mean loss.",
    source: "Definition of the loss.",
    variants: [({ loss }) => (loss === undefined ? undefined : { loss: Math.exp(loss) })],
  },
  {
    id: "mean-before-square",
    kind: "form",
    since: 3,
    losses: ["mse"],
    formula: "(mean d)²",
    student: "Your loss matches the square of the mean error: square first, then average.",
    instructor: "The mean is taken before the square.",
    source: "Definition of the loss.",
    variants: [
      ({ loss }, { rows, examples }) =>
        loss === undefined ? undefined : { loss: (rows.reduce((sum, { z, y }) => sum + z[0]! - y, 0) / examples) ** 2 },
    ],
  },
  {
    id: "row-skipped",
    kind: "form",
    since: 3,
    losses: everyLoss,
    formula: "N − 1 of N examples",
    student: "Your numbers match ones in which the first or the last example is left out: go over all of them.",
    instructor: "A loop that starts or ends one too early; in all outputs, or in the loss alone.",
    source: "Definition of the reduction.",
    variants: ["first", "last"].flatMap((which) =>
      [true, false].map((everywhere) => ({ loss, losses, gradients }, { weights, examples, classes, denominator }) => {
        const skipped = which === "first" ? 0 : examples - 1;
        if (weights[skipped] === 0 || examples < 2) return undefined;
        const less = loss === undefined ? {} : { loss: loss - losses[skipped]! / denominator };
        if (!everywhere) return less;
        return {
          ...less,
          losses: losses.with(skipped, 0),
          gradients: gradients.map((g, at) => (Math.floor(at / classes) === skipped ? 0 : g)),
        };
      }),
    ),
  },
  {
    id: "gradient-of-last-example",
    kind: "form",
    since: 3,
    losses: everyLoss,
    formula: "g_i = 0 but for the last",
    student: "Your gradient matches that of the last example alone: fill in every row.",
    instructor: "The gradient is overwritten in a loop.",
    source: "Definition of the gradient.",
    variants: [
      ({ gradients }, { examples, classes }) => ({
        gradients: gradients.map((g, at) => (at < (examples - 1) * classes ? 0 : g)),
      }),
    ],
  },
  {
    id: "gradient-zero",
    kind: "form",
    since: 3,
    losses: everyLoss,
    formula: "g = 0",
    student: "Your gradient matches zeros: nothing was written into it.",
    instructor: "A gradient that was never filled in, beside a loss that is right.",
    source: "Definition of the gradient.",
    variants: [({ gradients }) => ({ gradients: new Float64Array(gradients.length) })],
  },
  {
    id: "gradient-averaged-over-examples",
    kind: "form",
    since: 3,
    losses: everyLoss,
    formula: "g_i = mean g",
    student: "Your gradient matches its own average in every row: each example has its own.",
    instructor: "The gradient is averaged over the examples.",
    source: "Definition of the gradient.",
    variants: [
      ({ gradients }, { examples, classes }) => {
        const totals = new Float64Array(classes);
        for (const [at, gradient] of gradients.entries()) totals[at % classes]! += gradient;
        return { gradients: gradients.map((_, at) => totals[at % classes]! / examples) };
      },
    ],
  },
];

const positive = (loss: number | undefined, numbers: (loss: number) => Numbers): Numbers | undefined =>
  loss !== undefined && loss > 0 && loss < Number.POSITIVE_INFINITY ? numbers(loss) : undefined;
