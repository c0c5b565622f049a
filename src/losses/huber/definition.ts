import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "distance",
  aliases: [],
  summary: "Squared error near the target, absolute error beyond δ: regression that outliers cannot take over.",
  notes: [
    "The factor ½ belongs to it: with a large delta it is half of mse, with a small one delta times l1.",
    "smooth_l1 with beta = delta is this loss divided by delta.",
    "±Infinity is refused.",
  ],
  formula: {
    text: "½(z − y)² where |z − y| ≤ δ, else δ(|z − y| − ½δ)",
    latex:
      "\\begin{cases}\\tfrac12 d^2 & |d|\\le\\delta\\\\ \\delta\\,(|d|-\\tfrac12\\delta) & |d|>\\delta\\end{cases},\\quad d=z-y",
  },
  gradient: { text: "z − y clipped to ±δ", latex: "\\max(-\\delta,\\,\\min(\\delta,\\,z-y))" },
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({
    delta: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: "δ: where the square becomes a straight line.",
    }),
  }),
  parameters: ["delta"],
  unbounded,
  presets: {
    pytorch: {
      call: "huber_loss",
      options: { delta: 1, reduction: "mean", mean_over: "count" },
      note: "PyTorch's mse_loss and l1_loss divide by the weights, its huber_loss by the count.",
    },
    keras: {
      call: "Huber",
      options: { delta: 1, reduction: "mean", mean_over: "count" },
      note: "Keras means over the last axis first, so a weight is one a row.",
    },
    optax: { call: "huber_loss", options: { delta: 1, reduction: "none", mean_over: "count" } },
  },
  source: "P. J. Huber, Robust estimation of a location parameter (1964).",
  examples: [
    {
      summary: "Near the target, and an outlier",
      request: { logits: [2.5, 10], labels: [3, 0], delta: 1.5, reduction: "none" },
    },
  ],
});
