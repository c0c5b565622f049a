import { transpose } from "./forms.ts";
import type { Form, Penalty } from "./mistake.ts";
import { everyLoss, rowwiseLosses } from "./multipliers.ts";
import { inEach, penaltyTermMistakes } from "./terms/penalty.ts";

export const linearMistakes: readonly Form[] = [
  {
    id: "weights-gradient-transposed",
    kind: "form",
    ofLinearModels: true,
    losses: rowwiseLosses,
    formula: "gᵀ·X in place of Xᵀ·g",
    student: "Your gradient by the weights matches the transpose of the right one: it has the shape of the weights.",
    instructor: "(C×D) instead of (D×C); where D = C the shape does not tell.",
    source: "CS231n, softmax exercise.",
    variants: [
      ({ gradients_weights }, { linear, classes }) =>
        gradients_weights && linear?.model.features === classes
          ? { gradients_weights: transpose(gradients_weights, classes, classes) }
          : undefined,
    ],
  },
  {
    id: "inputs-not-transposed",
    kind: "form",
    ofLinearModels: true,
    losses: rowwiseLosses,
    formula: "X·g in place of Xᵀ·g",
    student: "Your gradient by the weights matches the inputs multiplied without a transpose: it is Xᵀ·g.",
    instructor: "X·g; where N = D the shapes allow it.",
    source: "CS231n, softmax exercise.",
    variants: [
      ({ gradients }, { linear, examples, classes }) => {
        if (linear?.model.features !== examples) return undefined;
        const { inputs } = linear.model;
        const wrong = new Float64Array(examples * classes);
        for (let d = 0; d < examples; d++) {
          for (let i = 0; i < examples; i++) {
            for (let c = 0; c < classes; c++) {
              wrong[d * classes + c]! += inputs[d * examples + i]! * gradients[i * classes + c]!;
            }
          }
        }
        return { gradients_weights: wrong };
      },
    ],
  },
  {
    id: "bias-gradient-averaged",
    kind: "form",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "mean_i g_i in place of Σ_i g_i",
    student:
      "Your gradient by the bias matches an average over the examples: add them up, the mean is in them already.",
    instructor: "The bias's gradient is divided by N once more.",
    source: "CS231n, two-layer network exercise.",
    variants: [
      ({ gradients_bias }, { examples }) =>
        gradients_bias && { gradients_bias: gradients_bias.map((value) => value / examples) },
    ],
  },
  {
    id: "bias-gradient-missing",
    kind: "form",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "∂L/∂b = 0",
    student: "Your gradient by the bias is 0: add up the gradients of the examples.",
    instructor: "The bias is never updated.",
    source: "CS231n, two-layer network exercise.",
    variants: [({ gradients_bias }) => gradients_bias && { gradients_bias: new Float64Array(gradients_bias.length) }],
  },
  {
    id: "inputs-summed",
    kind: "form",
    since: 3,
    ofLinearModels: true,
    losses: everyLoss,
    formula: "Σ_i x_i · Σ_i g_i",
    student:
      "Your gradient by the weights matches the sum of the inputs times the sum of the gradients: multiply first.",
    instructor: "Inputs and gradients are summed before they are multiplied.",
    source: "Definition of the gradient.",
    variants: [
      ({ gradients }, { linear, examples, classes }) => {
        if (!linear) return undefined;
        const { inputs, features } = linear.model;
        const over = (values: Float64Array, width: number, at: number) => {
          let total = 0;
          for (let i = 0; i < examples; i++) total += values[i * width + at]!;
          return total;
        };
        return {
          gradients_weights: Float64Array.from(
            { length: features * classes },
            (_, at) => over(inputs, features, Math.floor(at / classes)) * over(gradients, classes, at % classes),
          ),
        };
      },
    ],
  },
  {
    id: "bias-gradient-of-one-example",
    kind: "form",
    since: 3,
    ofLinearModels: true,
    losses: everyLoss,
    formula: "g_0 in place of Σ_i g_i",
    student: "Your gradient by the bias matches that of one example: add them up.",
    instructor: "The first or the last row of the gradients.",
    source: "Definition of the gradient.",
    variants: [0, -1].map((row) => ({ gradients, gradients_bias }, { classes, examples }) => {
      const from = (row === 0 ? 0 : examples - 1) * classes;
      return gradients_bias && { gradients_bias: gradients.slice(from, from + classes) };
    }),
  },
  {
    id: "weights-gradient-overwritten",
    kind: "form",
    since: 3,
    ofLinearModels: true,
    losses: everyLoss,
    formula: "2·l2·w alone",
    student: "Your gradient by the weights matches the regularisation's alone: add it to the loss's.",
    instructor: "The data's gradient is overwritten by the penalty's.",
    source: "CS231n, softmax exercise.",
    variants: [
      ({ gradients_weights }, { linear }) =>
        gradients_weights && linear && linear.model.l2 > 0
          ? { gradients_weights: new Float64Array(gradients_weights.length) }
          : undefined,
    ],
  },
];

export const penaltyMistakes: readonly Penalty[] = [
  {
    id: "regularisation-omitted",
    kind: "penalty",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "l2 = 0",
    student:
      "Your numbers match a model without regularisation: it adds l2·Σw² to the loss, and its derivative to the gradient.",
    instructor: "Neither loss nor gradient has the penalty.",
    source: "CS231n, softmax exercise.",
    of: () => ({ loss: 0, weights: 0 }),
  },
  {
    id: "regularisation-grad-omitted",
    kind: "penalty",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "∂(l2·Σw²)/∂w missing",
    student: "Your gradient by the weights matches one without the regularisation: add 2·l2·w.",
    instructor: "The penalty is in the loss alone.",
    source: "CS231n, softmax exercise.",
    of: () => ({ loss: 1, weights: 0 }),
  },
  {
    id: "regularisation-loss-omitted",
    kind: "penalty",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "l2·Σw² missing from the loss",
    student: "Your loss matches one without the regularisation: add l2·Σw².",
    instructor: "The penalty is in the gradient alone.",
    source: "CS231n, softmax exercise.",
    of: () => ({ loss: 0, weights: 1 }),
  },
  {
    id: "regularisation-grad-missing-two",
    kind: "penalty",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "l2·w in place of 2·l2·w",
    student: "Your gradient matches l2·w for the regularisation: differentiating a square brings down a 2.",
    instructor: "The factor 2 of the penalty's derivative is missing.",
    source: "CS231n, SVM exercise.",
    of: () => ({ loss: 1, weights: 0.5 }),
  },
  {
    id: "regularisation-halved",
    kind: "penalty",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "½·l2·Σw²",
    student: "Your numbers match a regularisation with a factor ½: this task has none.",
    instructor: "The ½ convention, in loss and gradient alike.",
    source: "CS231n, notes on regularisation.",
    of: () => [
      { loss: 0.5, weights: 0.5 },
      { loss: 0.5, weights: 1 },
    ],
  },
  {
    id: "regularisation-divided-by-n",
    kind: "penalty",
    ofLinearModels: true,
    losses: everyLoss,
    formula: "l2·Σw²/N",
    student:
      "Your numbers match a regularisation that is divided by the number of examples: it belongs outside of the mean.",
    instructor: "The penalty is inside the mean, in loss and gradient, or in one of them.",
    source: "CS231n, SVM exercise.",
    of: ({ denominator }) => (denominator > 1 ? inEach(1 / denominator) : undefined),
  },
  ...penaltyTermMistakes,
];
