import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "square",
  aliases: ["mean_squared_error"],
  summary: "Squared error: regression with a Gaussian target of constant variance.",
  notes: [
    "No factor ½ unless scale says so: optax's l2_loss and scikit-learn halve it, PyTorch, Keras and optax's squared_error do not.",
    "±Infinity is refused: the gradient would have no meaning.",
  ],
  formula: { text: "k(z − y)²", latex: "k(z-y)^2" },
  gradient: { text: "2k(z − y)", latex: "2k(z-y)" },
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({
    scale: Type.Number({
      default: 1,
      minimum: 1e-300,
      description: "k: multiplies loss and gradient; 0.5 is the half of a Gaussian likelihood.",
    }),
  }),
  parameters: ["scale"],
  unbounded,
  presets: {
    pytorch: {
      call: "mse_loss",
      options: { scale: 1, reduction: "mean", mean_over: "weights" },
    },
    keras: {
      call: "MeanSquaredError",
      options: { scale: 1, reduction: "mean", mean_over: "count" },
      note: "Keras means over the last axis first, so a weight is one a row.",
    },
    optax: {
      call: "l2_loss",
      options: { scale: 0.5, reduction: "none", mean_over: "count" },
      note: "squared_error is the same with scale 1.",
    },
  },
  source: "Definition; maximum likelihood of N(y; z, σ²) up to a constant.",
  examples: [
    {
      summary: "Three predictions",
      request: { logits: [2.5, 0, 2], labels: [3, -0.5, 2] },
    },
  ],
});
