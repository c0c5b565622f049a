import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "cross_entropy",
  aliases: ["logistic"],
  summary: "Logistic loss of a signed label: binary cross-entropy for labels −1 and 1.",
  notes: [
    "Neither e^(−y·z) nor its logarithm overflows here: PyTorch's soft_margin_loss is Infinity at y·z = −800.",
    'Labels are −1 and 1; label_encoding "binary" takes 0 and 1, and is then binary_cross_entropy of hard labels.',
  ],
  formula: { text: "log(1 + e^(−y·z))", latex: "\\log(1+e^{-yz})" },
  gradient: { text: "−y·σ(−y·z)", latex: "-y\\,\\sigma(-yz)" },
  activation: "sigmoid",
  labels: (options) => (options["label_encoding"] === "binary" ? "binary" : "signed"),
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: true, decomposition: false },
  options: Type.Object({
    label_encoding: Type.Enum(["signed", "binary"], {
      default: "signed",
      description: "signed: labels are −1 and 1. binary: 0 and 1.",
    }),
  }),
  parameters: ["label_encoding"],
  unbounded,
  presets: { pytorch: { call: "soft_margin_loss", options: { reduction: "mean", mean_over: "count" } } },
  source: "J. Friedman, T. Hastie, R. Tibshirani, Additive logistic regression: a statistical view of boosting (2000).",
  examples: [
    {
      summary: "A right and a wrong prediction, with the probability of the positive class",
      request: {
        logits: [2, -800],
        labels: [1, 1],
        reduction: "none",
        outputs: ["losses", "gradients", "probabilities"],
      },
    },
  ],
});
