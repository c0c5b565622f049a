import type { Arithmetic } from "../../task/arithmetic.ts";
import { numberOption, type Sample } from "../../task/sample.ts";
import { byRow, misread, type Shape } from "../mistake.ts";

const losses = ["binary_cross_entropy"];
type Variant = Shape["variants"][number];

/** A formula of logit z, label y and p = σ(z), for tasks without smoothing. Weights are the caller's own. */
const of = (
  formula: (z: number, y: number, arithmetic: Arithmetic, weight: number) => { loss?: number; gradient?: number },
): Variant => {
  const variant = byRow(({ z, y }, arithmetic, sample) => {
    const { loss, gradient } = formula(z[0]!, y, arithmetic, numberOption(sample, "pos_weight") || 1);
    return { ...(loss !== undefined && { loss }), ...(gradient !== undefined && { gradient: [gradient] }) };
  });
  return (sample, arithmetic) =>
    numberOption(sample, "label_smoothing") > 0 ? undefined : variant(sample, arithmetic);
};

const weighted =
  (variant: Variant): Variant =>
  (sample, arithmetic) =>
    (numberOption(sample, "pos_weight") || 1) === 1 ? undefined : variant(sample, arithmetic);
const unweighted =
  (variant: Variant): Variant =>
  (sample, arithmetic) =>
    (numberOption(sample, "pos_weight") || 1) === 1 ? variant(sample, arithmetic) : undefined;

/** −w·y·log p − v·(1−y)·log(1−p) and its derivative. */
const terms = (z: number, y: number, { softplus, sigmoid }: Arithmetic, w: number, v: number) => ({
  loss: w * y * softplus(-z) + v * (1 - y) * softplus(z),
  gradient: v * (1 - y) * sigmoid(z) - w * y * sigmoid(-z),
});

/** Both weights of a term in what the mean divides by. */
const dividedByWeights: Variant = (sample, arithmetic) => {
  const weight = numberOption(sample, "pos_weight");
  if (sample.options["reduction"] !== "mean" || Number.isNaN(weight)) return undefined;
  const total = sample.rows.reduce((sum, { y, kept }) => sum + (kept ? 1 + (weight - 1) * y : 0), 0);
  const own = of((z, y, a, w) => terms(z, y, a, w, 1))(sample, arithmetic);
  return own && { ...own, denominator: total };
};

/** Every label against every prediction: what (N, 1) and (N) broadcast to. A label weighs two means, whatever their number. */
const outerProduct: Variant = (sample: Sample, arithmetic) => {
  const { rows, examples } = sample;
  const weight = numberOption(sample, "pos_weight") || 1;
  const mean = (y: number) =>
    rows.reduce((sum, { z }) => sum + terms(z[0]!, y, arithmetic, weight, 1).loss, 0) / examples;
  const [negative, positive] = [mean(0), mean(1)];
  return { losses: Float64Array.from(rows, ({ y }) => y * positive + (1 - y) * negative) };
};

export const binaryTermMistakes: readonly Shape[] = [
  misread(
    "broadcast-n-by-n-binary",
    losses,
    "mean over i, j",
    "every label against every prediction: shapes (N, 1) and (N) broadcast to N×N",
    [outerProduct],
  ),
  misread("sigmoid-minus-missing", losses, "1/(1 + e^z)", "a sigmoid without its minus: it is 1/(1 + e^−z)", [
    of((z, y, { softplus, sigmoid }, w) => ({
      loss: w * y * softplus(z) + (1 - y) * softplus(-z),
      gradient: (1 - y) * sigmoid(-z) - w * y * sigmoid(z),
    })),
  ]),
  misread("positive-term-missing", losses, "−(1−y)·log(1−p)", "the negative term alone: the term y·log p is missing", [
    of((z, y, a) => terms(z, y, a, 0, 1)),
  ]),
  misread(
    "plus-between-terms",
    losses,
    "−y·log p + (1−y)·log(1−p)",
    "a minus that reaches the first term alone: both terms are subtracted",
    [of((z, y, a, w) => ({ loss: terms(z, y, a, w, -1).loss })), of((z, y, a, w) => terms(z, y, a, w, -1))],
  ),
  misread("sigmoid-missing", losses, "p = z", "logits taken for probabilities: apply the sigmoid first", [
    of((z, y, { log }) => ({
      loss: -(y === 0 ? 0 : y * log(z)) - (y === 1 ? 0 : (1 - y) * log(1 - z)),
      gradient: z - y,
    })),
  ]),
  misread(
    "tanh-for-sigmoid",
    losses,
    "(1 + tanh z)/2",
    "a hyperbolic tangent taken for the sigmoid: that of z is the sigmoid of 2z",
    [of((z, y, { softplus, sigmoid }) => ({ loss: softplus(2 * z) - 2 * z * y, gradient: sigmoid(2 * z) - y }))],
  ),
  misread(
    "stable-form-wrong",
    losses,
    "max(z, 0) ± z·y + log(1 + e^∓|z|)",
    "a stable form with a wrong piece: it is max(z, 0) − z·y + log(1 + e^−|z|)",
    [
      unweighted(of((z, y, { softplus }) => ({ loss: Math.max(z, 0) + z * y + softplus(-Math.abs(z)) }))),
      unweighted(of((z, y, { softplus }) => ({ loss: Math.max(z, 0) - z * y + softplus(z) }))),
      unweighted(of((z, y, { softplus }) => ({ loss: z - z * y + softplus(-Math.abs(z)) }))),
      unweighted(of((z, y, { softplus }) => ({ loss: -z * y + softplus(-Math.abs(z)) }))),
      unweighted(of((z, y, { sigmoid }) => ({ gradient: sigmoid(Math.abs(z)) - y }))),
    ],
  ),
  misread(
    "hard-prediction-in-gradient",
    losses,
    "[p > ½] − y",
    "a prediction that is rounded to 0 or 1: take the probability itself",
    [of((z, y) => ({ gradient: (z > 0 ? 1 : 0) - y }))],
  ),
  misread(
    "squared-error-of-sigmoid",
    losses,
    "(p − y)²",
    "the squared error of the probability: the task asks for cross-entropy",
    [
      of((z, y, { sigmoid }) => ({ loss: (sigmoid(z) - y) ** 2 })),
      of((z, y, { sigmoid }) => ({
        loss: (sigmoid(z) - y) ** 2,
        gradient: 2 * (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z),
      })),
    ],
  ),
  misread(
    "second-log-of-p",
    losses,
    "−y·log p − (1−y)·(1 − log p)",
    "1 minus a logarithm in the second term: it is the logarithm of 1 − p",
    [of((z, y, { softplus }, w) => ({ loss: w * y * softplus(-z) - (1 - y) * (1 + softplus(-z)) }))],
  ),
  misread(
    "pos-weight-on-negatives",
    losses,
    "π·(1−y)·log(1−p)",
    "pos_weight on the negatives: it multiplies the positive term",
    [weighted(of((z, y, a, w) => terms(z, y, a, 1, w)))],
  ),
  misread("pos-weight-inverted", losses, "1/π", "the inverse of pos_weight: multiply the positive term by it", [
    weighted(of((z, y, a, w) => terms(z, y, a, 1 / w, 1))),
  ]),
  misread(
    "pos-weight-in-denominator",
    losses,
    "ΣL / Σ(1 + (π−1)·y)",
    "a division by the sum of the weights: this task divides by the number of examples",
    [weighted(dividedByWeights)],
  ),
  misread("pos-weight-unasked", losses, "2·y·log p", "a weight of 2 on the positive term: the task has none", [
    unweighted(of((z, y, a) => terms(z, y, a, 2, 1))),
  ]),
  misread(
    "slope-of-logits",
    losses,
    "(p − y)·z(1−z)",
    "a slope z(1 − z) taken of the logit: p − y holds the derivative already",
    [of((z, y, { sigmoid }) => ({ gradient: (sigmoid(z) - y) * z * (1 - z) }))],
  ),
];
