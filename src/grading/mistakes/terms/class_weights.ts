import type { Arithmetic } from "../../task/arithmetic.ts";
import { greatest } from "../../task/greatest.ts";
import type { Row, Sample } from "../../task/sample.ts";
import { byRow, map, misread, type Shape, type WrongExamples } from "../mistake.ts";
import { against, scaled } from "../softmax.ts";

const losses = ["cross_entropy"];
type Variant = Shape["variants"][number];

/** Only where the task has class weights. */
const ofWeights =
  (variant: Variant): Variant =>
  (sample, arithmetic) =>
    sample.rows.some(({ weights }) => weights) ? variant(sample, arithmetic) : undefined;

/** Another weight for each example, in its loss, its gradient and what the mean divides by. */
const weighing = (weight: (row: Row) => number): Variant =>
  ofWeights((sample: Sample, arithmetic: Arithmetic): WrongExamples => {
    const own = byRow((row) => {
      const t = map(row.label, (mass) => mass * weight(row));
      return against({ ...row, t }, arithmetic.softmax(scaled(row, sample)), arithmetic, sample);
    })(sample, arithmetic)!;
    if (sample.options["mean_over"] !== "weights") return own;
    const denominator = sample.rows.reduce((sum, row, i) => sum + sample.weights[i]! * weight(row), 0);
    return { ...own, denominator };
  });

/** Another weight for each number of a gradient, in place of its row's. */
const weighingColumns = (weight: (row: Row, j: number) => number): Variant =>
  ofWeights(
    byRow((row, arithmetic, sample) => {
      const unweighted = { ...row, t: row.label };
      const { gradient } = against(unweighted, arithmetic.softmax(scaled(row, sample)), arithmetic, sample);
      return { gradient: map(gradient, (g, j) => g * weight(row, j)) };
    }),
  );

export const classWeightMistakes: readonly Shape[] = [
  misread("class-weights-squared", losses, "w²", "class weights that are multiplied twice", [
    weighing(({ classWeight }) => classWeight ** 2),
  ]),
  misread("class-weights-inverted", losses, "1/w", "the inverse of the class weights: multiply by them", [
    weighing(({ classWeight }) => (classWeight === 0 ? 0 : 1 / classWeight)),
  ]),
  misread(
    "class-weights-of-prediction",
    losses,
    "w of argmax z",
    "the weight of the class that is predicted: it is that of the label",
    [weighing(({ z, weights }) => weights![z.indexOf(greatest(z))]!)],
  ),
  misread(
    "class-weights-normalised",
    losses,
    "w / Σw",
    "class weights that are divided by their sum: take them as they are",
    [weighing(({ weights, classWeight }) => classWeight / weights!.reduce((sum, one) => sum + one, 0))],
  ),
  misread(
    "class-weights-on-columns",
    losses,
    "w_j·(p_j − y_j)",
    "a gradient whose columns have the class weights: each row has its label's",
    [weighingColumns(({ weights }, j) => weights![j]!)],
  ),
  misread(
    "class-weights-missing-in-gradient",
    losses,
    "p − y, without w",
    "a gradient without class weights: each row is multiplied by its label's",
    [weighingColumns(() => 1)],
  ),
];
