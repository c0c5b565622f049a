import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "distance",
  aliases: ["logcosh"],
  summary:
    "Logarithm of the hyperbolic cosine of the error: half a square near the target, a straight line far from it.",
  notes: [
    "It is about ½(z − y)² near 0 and |z − y| − log 2 far out, and has every derivative between.",
    "Near 0 it keeps its digits: |d| + log(1 + e^(−2|d|)) − log 2, as libraries form it, is 0 or noise there.",
    "±Infinity is refused.",
  ],
  formula: { text: "log cosh(z − y)", latex: "\\log\\cosh(z-y)" },
  gradient: { text: "tanh(z − y)", latex: "\\tanh(z-y)" },
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({}),
  parameters: [],
  unbounded,
  presets: {
    keras: {
      call: "LogCosh",
      options: { reduction: "mean", mean_over: "count" },
      note: "Keras means over the last axis first, so a weight is one a row.",
    },
    optax: { call: "log_cosh", options: { reduction: "none", mean_over: "count" } },
  },
  source: "Definition; maximum likelihood of a hyperbolic secant distribution of constant scale, up to a constant.",
  examples: [
    {
      summary: "Very near the target, near it, and an outlier",
      request: { logits: [1e-9, 2.5, 100], labels: [0, 3, 0], reduction: "none" },
    },
  ],
});
