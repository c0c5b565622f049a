import type { Regularisation } from "../../task/linear.ts";
import type { LinearModel, Sample } from "../../task/sample.ts";
import type { Penalty } from "../mistake.ts";
import { everyLoss } from "../multipliers.ts";

/** A factor in loss and gradient, or in one of them alone. */
export const inEach = (factor: number): readonly Regularisation[] => [
  { loss: factor, weights: factor },
  { loss: factor, weights: 1 },
  { loss: 1, weights: factor },
];

/** A penalty of another form, in loss and gradient or in one of them alone. */
const ofAnotherForm =
  (loss: (model: LinearModel) => number, slope: (weight: number) => number) =>
  ({ linear }: Sample): readonly Regularisation[] | undefined => {
    if (!linear) return undefined;
    const { model } = linear;
    const inLoss = { loss: 0, more: { loss: model.l2 * loss(model) } };
    const weights = model.weights.map((weight) => model.l2 * slope(weight));
    return [
      { ...inLoss, weights: 0, more: { ...inLoss.more, weights } },
      { ...inLoss, weights: 1 },
      { loss: 1, weights: 0, more: { weights } },
    ];
  };

const sum = (values: Float64Array, of: (value: number) => number) => values.reduce((total, one) => total + of(one), 0);
const squares = ({ weights }: LinearModel) => sum(weights, (weight) => weight * weight);

const penalty = (id: string, formula: string, match: string, of: Penalty["of"]): Penalty => ({
  id,
  kind: "penalty",
  rare: true,
  since: 3,
  ofLinearModels: true,
  losses: everyLoss,
  formula,
  student: `Your numbers match ${match}.`,
  instructor: `${formula} in place of l2·Σw².`,
  source: "Definition of the penalty.",
  of,
});

export const penaltyTermMistakes: readonly Penalty[] = [
  penalty(
    "regularisation-over-2n",
    "l2·Σw²/(2N)",
    "a regularisation that is divided by 2N: this task has no such factor",
    ({ denominator }) => (denominator > 1 ? inEach(1 / (2 * denominator)) : undefined),
  ),
  penalty("regularisation-subtracted", "−l2·Σw²", "a regularisation that is taken off: add it", () => inEach(-1)),
  penalty("regularisation-doubled", "2·l2·Σw²", "twice the regularisation", () => inEach(2)),
  penalty(
    "regularisation-absolute",
    "l2·Σ|w|",
    "the absolute values of the weights: this task takes their squares",
    ofAnotherForm(({ weights }) => sum(weights, Math.abs), Math.sign),
  ),
  penalty(
    "regularisation-norm",
    "l2·√Σw²",
    "the norm of the weights: this task takes its square",
    ofAnotherForm(
      (model) => Math.sqrt(squares(model)),
      (weight) => 2 * weight,
    ),
  ),
  penalty(
    "regularisation-mean",
    "l2·mean w²",
    "the mean of the squared weights: this task takes their sum",
    ({ linear }) => linear && inEach(1 / linear.model.weights.length),
  ),
  penalty(
    "regularisation-grad-squared",
    "2·l2·w²",
    "a regularisation whose slope has the square of the weights: it is 2·l2·w",
    ({ linear }) =>
      linear && [
        {
          loss: 1,
          weights: 0,
          more: { weights: linear.model.weights.map((weight) => 2 * linear.model.l2 * weight * weight) },
        },
      ],
  ),
  penalty(
    "regularisation-of-bias",
    "l2·(Σw² + Σb²)",
    "a regularisation of the bias too: it is of the weights alone",
    ({ linear }) => {
      if (!linear?.model.biased) return undefined;
      const { bias, l2 } = linear.model;
      const more = { loss: l2 * sum(bias, (one) => one * one), bias: bias.map((one) => 2 * l2 * one) };
      return [
        { loss: 1, weights: 1, more },
        { loss: 1, weights: 1, more: { loss: more.loss } },
        { loss: 1, weights: 1, more: { bias: more.bias } },
      ];
    },
  ),
];
