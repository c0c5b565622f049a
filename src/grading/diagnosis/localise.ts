import { compareOutput, numbersOf } from "../compare/compare.ts";
import { closenessOf, fitMultiple } from "../compare/fit.ts";
import { type OutputName, outputNames, type Row } from "../task/sample.ts";
import type { Claimed } from "./explain.ts";

/** Where the wrong numbers of one output of one case are. */
export interface Localisation {
  readonly case: string;
  readonly output: OutputName;
  readonly detail: string;
}

/** From here on exponentials overflow in float32. */
const largeLogit = 30;

/** What the wrong numbers have in common, for each output that is wrong. */
export function localise({ predicted, claims, tolerances }: Claimed): Localisation[] {
  const { sample } = predicted;
  return outputNames.flatMap((output) => {
    const comparison = compareOutput(sample, claims, output, tolerances[output]);
    if (comparison.verdict !== "fail") return [];
    const claimed = numbersOf(claims[output])!;
    const right = numbersOf(sample.right[output])!;
    const { factor, residual } = fitMultiple(claimed, right);
    if (claimed.length > 2 && residual <= closenessOf(tolerances[output]) && Number.isFinite(factor)) {
      return [{ case: sample.id, output, detail: `is the right one times ${factor.toPrecision(3)}` }];
    }
    if (output === "loss") return [{ case: sample.id, output, detail: "is wrong" }];
    const wrong = comparison.agreeing.flatMap((agrees, i) => (agrees ? [] : [i]));
    const details = [...patterns(wrong, sample.rows), ...columnsOf(output, sample, claimed, right, wrong)];
    const count = `${wrong.length} of ${sample.examples} examples are wrong`;
    return [{ case: sample.id, output, detail: [count, ...details].join(": ") }];
  });
}

const describing: readonly [(row: Row) => boolean, string][] = [
  [({ kept }) => !kept, "the ignored ones"],
  [({ y }) => y <= 0, "those with label 0 or below"],
  [({ y }) => y > 0, "those with a label above 0"],
  [({ z }) => z.some((logit) => Math.abs(logit) > largeLogit), "those with large logits"],
];

/** The first pattern that says exactly which examples are wrong. */
function patterns(wrong: readonly number[], rows: readonly Row[]): string[] {
  if (wrong.length === rows.length) return [];
  if (wrong.length === 1) return [`number ${wrong[0]}`];
  const wrongs = new Set(wrong);
  const match = describing.find(([holds]) => rows.every((row, i) => holds(row) === wrongs.has(i)));
  return match ? [match[1]] : [];
}

/** Whether a gradient is wrong at the true class alone, or sums to something where it should not. */
function columnsOf(
  output: OutputName,
  { classes, rows, loss }: Claimed["predicted"]["sample"],
  claimed: Float64Array,
  right: Float64Array,
  wrong: readonly number[],
): string[] {
  if (output !== "gradients" || loss.kind !== "rowwise") return [];
  const offAt = (i: number) => {
    const entries = Array.from({ length: classes }, (_, j) => i * classes + j);
    return entries
      .filter((at) => Math.abs(claimed[at]! - right[at]!) > 1e-4 * Math.abs(right[at]!))
      .map((at) => at % classes);
  };
  const only = wrong.every((i) => {
    const off = offAt(i);
    return off.length === 1 && off[0] === rows[i]!.y;
  });
  return only ? ["at the true class only"] : [];
}
