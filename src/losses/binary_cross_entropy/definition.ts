import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "cross_entropy",
  aliases: ["bce"],
  summary: "Binary cross-entropy of a logit: the log loss of σ(z) against a label in [0, 1].",
  notes: [
    "With a = (1−y)(1−ε) + ε/2 and b = π·(y(1−ε) + ε/2) for label_smoothing ε and pos_weight π.",
    "Nothing is clipped: a probability of 0 for the true class is a loss of Infinity.",
    "At ±Infinity the loss and gradient are their limits; PyTorch, optax and Keras give NaN there.",
    "Soft labels are allowed; the decomposition then says how much of the loss is the labels' own entropy.",
  ],
  formula: { text: "a·log(1+e^z) + b·log(1+e^−z)", latex: "a\\log(1+e^{z})+b\\log(1+e^{-z})" },
  gradient: { text: "a·σ(z) − b·σ(−z)", latex: "a\\,\\sigma(z)-b\\,\\sigma(-z)" },
  activation: "sigmoid",
  labels: "unit",
  infiniteLogits: true,
  supports: { probabilities: true, accuracy: true, decomposition: true },
  options: Type.Object({
    pos_weight: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: "π: multiplies the positive class's part of the loss.",
    }),
    label_smoothing: Type.Number({
      default: 0,
      minimum: 0,
      maximum: 1,
      description: "ε: moves the labels towards ½, y(1−ε) + ε/2.",
    }),
  }),
  parameters: ["pos_weight", "label_smoothing"],
  unbounded,
  presets: {
    pytorch: {
      call: "binary_cross_entropy_with_logits",
      options: { reduction: "mean", mean_over: "count" },
      note: "Its weight is sample_weights.",
    },
    keras: {
      call: "BinaryCrossentropy(from_logits=True)",
      options: { reduction: "mean", mean_over: "count" },
      note: "Keras means over the last axis first, so a weight is one a row.",
    },
    optax: { call: "sigmoid_binary_cross_entropy", options: { reduction: "none", mean_over: "count" } },
  },
  source: "Definition: −[y·log σ(z) + (1−y)·log(1−σ(z))].",
  examples: [
    {
      summary: "A confident and wrong prediction",
      request: { logits: [-2], labels: [1] },
    },
    {
      summary: "A soft label, with the decomposition into entropy and KL divergence",
      request: { logits: [0.5], labels: [0.3], outputs: ["losses", "decomposition"] },
    },
    {
      summary: "Given probabilities instead of logits",
      request: { probabilities: [0.95, 0.05], labels: [1, 1], reduction: "none" },
    },
  ],
});
