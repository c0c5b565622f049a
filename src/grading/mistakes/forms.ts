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
];
