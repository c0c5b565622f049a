import type { Arithmetic } from "../../task/arithmetic.ts";
import { greatest } from "../../task/greatest.ts";
import { numberOption, type Row, type Sample } from "../../task/sample.ts";
import { byRow, dot, map, misread, type Shape, sum } from "../mistake.ts";
import { against, scaled } from "../softmax.ts";

const losses = ["cross_entropy"];
type Variant = Shape["variants"][number];
type Formula = (p: Float64Array, row: Row, arithmetic: Arithmetic, sample: Sample) => number;

/** Another loss of the same probabilities; the gradient stays. */
const ofProbabilities = (formula: Formula): Variant =>
  byRow((row, arithmetic, sample) => ({
    loss: formula(arithmetic.softmax(scaled(row, sample)), row, arithmetic, sample),
  }));

/** Other probabilities in loss and gradient. */
const withProbabilities = (of: (z: Float64Array, arithmetic: Arithmetic) => Float64Array): Variant =>
  byRow((row, arithmetic, sample) => against(row, of(scaled(row, sample), arithmetic), arithmetic, sample));

/** Another gradient of the same probabilities, over the temperature; the loss stays. */
const withGradient = (entry: (value: number, row: Row, j: number, sample: Sample) => number): Variant =>
  byRow((row, arithmetic, sample) => {
    const temperature = numberOption(sample, "temperature") || 1;
    const p = arithmetic.softmax(scaled(row, sample));
    return { gradient: map(p, (value, j) => entry(value, row, j, sample) / temperature) };
  });

type Axis = "row" | "column" | "all";

/** One number for each row, each column or the whole of a matrix, as what finds it for a place. */
const along = (axis: Axis, matrix: readonly Float64Array[], of: (values: ArrayLike<number>) => number) => {
  if (axis === "row") {
    const ofRows = matrix.map(of);
    return (i: number) => ofRows[i]!;
  }
  if (axis === "column") {
    const ofColumns = map(matrix[0]!, (_, c) => of(matrix.map((row) => row[c]!)));
    return (_: number, c: number) => ofColumns[c]!;
  }
  const ofAll = of(matrix.map(of));
  return () => ofAll;
};

/** The whole batch of exponentials e^(z − m) by the greatest logits m, each divided by a sum over some of them. */
const exponentials =
  (shifted: Axis, over: Axis): Variant =>
  (sample, arithmetic) => {
    const z = sample.rows.map((row) => scaled(row, sample));
    const shift = along(shifted, z, greatest);
    const powers = z.map((row, i) => map(row, (logit, c) => arithmetic.exp(logit - shift(i, c))));
    const below = along(over, powers, sum);
    let i = -1;
    return byRow((row) => {
      i++;
      return against(
        row,
        map(powers[i]!, (power, c) => power / below(i, c)),
        arithmetic,
        sample,
      );
    })(sample, arithmetic);
  };

const bernoulli: Formula = (p, { t }, { log }) =>
  -sum(map(p, (value, j) => t[j]! * log(value) + (1 - t[j]!) * log(1 - value)));
const isSoft = ({ rows }: Sample) => rows.some(({ label }) => label.some((mass) => mass > 0 && mass < 1));
const ofSoftLabels =
  (variant: Variant): Variant =>
  (sample, arithmetic) =>
    isSoft(sample) ? variant(sample, arithmetic) : undefined;

export const softmaxTermMistakes: readonly Shape[] = [
  misread(
    "bce-of-softmax",
    losses,
    "−Σ t·log p + (1−t)·log(1−p)",
    "a binary cross-entropy of each probability: only −log p of the true class counts",
    [
      ofProbabilities(bernoulli),
      ofProbabilities((p, row, arithmetic, sample) => bernoulli(p, row, arithmetic, sample) / p.length),
    ],
  ),
  misread(
    "squared-error-of-softmax",
    losses,
    "Σ (p − t)²",
    "the squared error of the probabilities: take minus the logarithm of the true class's",
    [ofProbabilities((p, { t }) => sum(map(p, (value, j) => (value - t[j]!) ** 2)))],
  ),
  misread("log-sum-exp-alone", losses, "log Σ e^z", "the logarithm of the sum alone: take the true class's logit off", [
    ofProbabilities((_p, row, { logSumExp }, sample) => logSumExp(scaled(row, sample))),
  ]),
  misread(
    "maximum-not-added-back",
    losses,
    "log Σ e^(z−m) − z_y",
    "a logarithm of the shifted sum: add the maximum back, or take it off the logit too",
    [
      ofProbabilities((_p, row, { logSumExp }, sample) => {
        const z = scaled(row, sample);
        return logSumExp(z) - greatest(z) - dot(row.t, z);
      }),
    ],
  ),
  misread("one-minus-log", losses, "1 − log p", "1 minus the logarithm: the loss is minus the logarithm alone", [
    ofProbabilities((p, { t }, { log }) => 1 - dot(t, map(p, log))),
  ]),
  misread("log-of-one-minus-p", losses, "−log(1 − p)", "the logarithm of 1 − p: take that of p", [
    ofProbabilities(
      (p, { t }, { log }) =>
        -dot(
          t,
          map(p, (value) => log(1 - value)),
        ),
    ),
  ]),
  misread("log1p-for-log", losses, "−log(1 + p)", "the logarithm of 1 + p: log1p adds the 1, log does not", [
    ofProbabilities((p, { t }, { log1p }) => -dot(t, map(p, log1p))),
  ]),
  misread("softmax-missing", losses, "−log z", "logits taken for probabilities: apply the softmax first", [
    withProbabilities((z) => z),
  ]),
  misread("exp-missing", losses, "z / Σ z", "logits divided by their sum: exponentiate them first", [
    withProbabilities((z) => {
      const total = sum(z);
      return map(z, (logit) => logit / total);
    }),
  ]),
  misread(
    "target-subtracted-before-log",
    losses,
    "−log(p − t)",
    "a probability from which 1 was taken before its logarithm: subtract the target from a copy",
    [ofProbabilities((p, { t }, { log }) => -sum(map(p, (value, j) => (t[j] === 0 ? 0 : t[j]! * log(value - t[j]!)))))],
  ),
  misread(
    "shift-by-columns",
    losses,
    "e^(z − max of the column)",
    "exponentials shifted by the maxima of the columns: the shift is one a row",
    [exponentials("column", "row")],
  ),
  misread(
    "shifted-softmax-over-others",
    losses,
    "e^(z−m) over another axis",
    "exponentials of a row divided by a sum that is not the row's: sum over the classes",
    [exponentials("row", "column"), exponentials("row", "all")],
  ),
  misread(
    "grad-one-everywhere",
    losses,
    "p − 1",
    "the probabilities minus 1 in every class: take 1 off at the true class alone",
    [withGradient((p) => p - 1)],
  ),
  misread(
    "grad-target-in-wrong-place",
    losses,
    "p − 1 in whole columns or rows",
    "a 1 taken off in whole columns or rows: index row and class together",
    [
      (sample, arithmetic) => {
        const named = new Set(sample.rows.map(({ y }) => y));
        return withGradient((p, _row, j) => p - (named.has(j) ? 1 : 0))(sample, arithmetic);
      },
      (sample, arithmetic) => {
        const named = new Set(sample.rows.map(({ y }) => y % sample.examples));
        let i = -1;
        return byRow((row) => {
          i++;
          const p = arithmetic.softmax(scaled(row, sample));
          return { gradient: map(p, (value) => value - (named.has(i) ? 1 : 0)) };
        })(sample, arithmetic);
      },
    ],
  ),
  misread("grad-target-added", losses, "p + t", "the target added to the probabilities: subtract it", [
    withGradient((p, { t }, j) => p + t[j]!),
  ]),
  misread(
    "hard-labels-for-soft",
    losses,
    "t = 1 at the greatest",
    "the greatest share of each label alone: the whole distribution is the target",
    [
      ofSoftLabels(
        byRow((row, arithmetic, sample) => {
          const t = map(row.t, (_, j) => (j === row.y ? 1 : 0));
          return against({ ...row, t }, arithmetic.softmax(scaled(row, sample)), arithmetic, sample);
        }),
      ),
    ],
  ),
  misread(
    "kl-not-cross-entropy",
    losses,
    "Σ t·log(t/p)",
    "the KL divergence: the entropy of the labels is not taken off here",
    [
      ofSoftLabels(
        ofProbabilities((p, { t }, { log }) =>
          sum(map(t, (mass, j) => (mass === 0 ? 0 : mass * (log(mass) - log(p[j]!))))),
        ),
      ),
    ],
  ),
  misread(
    "labels-and-probabilities-exchanged",
    losses,
    "−Σ p·log t",
    "the logarithm of the labels, weighted by the probabilities: it is the other way round",
    [ofSoftLabels(ofProbabilities((p, { t }, { log }) => -dot(p, map(t, log))))],
  ),
  misread("temperature-unasked", losses, "softmax(z/2)", "logits divided by a temperature: the task has none", [
    (sample, arithmetic) =>
      (numberOption(sample, "temperature") || 1) === 1
        ? byRow((row) => against(row, arithmetic.softmax(map(row.z, (logit) => logit / 2)), arithmetic, sample))(
            sample,
            arithmetic,
          )
        : undefined,
  ]),
  misread("smoothing-unasked", losses, "t = 0.9·y + 0.1/C", "labels that are smoothed: the task does not smooth them", [
    (sample, arithmetic) =>
      numberOption(sample, "label_smoothing") > 0
        ? undefined
        : byRow((row) => {
            const share = (0.1 * sum(row.t)) / row.t.length;
            const t = map(row.t, (mass) => 0.9 * mass + share);
            return against({ ...row, t }, arithmetic.softmax(scaled(row, sample)), arithmetic, sample);
          })(sample, arithmetic),
  ]),
];
