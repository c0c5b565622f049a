import { Type } from "typebox";
import { between, near } from "../kinks.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "hinge",
  aliases: [],
  summary: "Hinge loss of a raw score: 0 once the prediction is right by the margin.",
  notes: [
    "At the kink, where y·z equals the margin, the gradient is 0, so that a loss of 0 teaches nothing; kink chooses otherwise: optax and Keras give −y/2 there, scikit-learn's SGD −y.",
    'Labels are −1 and 1; label_encoding "binary" takes 0 and 1. Nothing is guessed from the data.',
  ],
  formula: { text: "max(0, m − y·z)", latex: "\\max(0,\\,m-yz)" },
  gradient: { text: "−y where y·z < m, else 0", latex: "-y\\,[yz<m]" },
  kink: ({ z, y, options }) => {
    const margin = options["margin"] as number;
    return near(margin - y * z[0]!, z[0]!, margin) ? between(0, -y) : undefined;
  },
  activation: "identity",
  labels: (options) => (options["label_encoding"] === "binary" ? "binary" : "signed"),
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: true, decomposition: false },
  options: Type.Object({
    margin: Type.Number({ default: 1, description: "m: how far right a prediction must be." }),
    label_encoding: Type.Enum(["signed", "binary"], {
      default: "signed",
      description: "signed: labels are −1 and 1. binary: 0 and 1.",
    }),
    kink: Type.Enum(["zero", "half", "full"], {
      default: "zero",
      description: "The gradient where y·z equals the margin: 0, −y/2 or −y. Refused where no gradients are asked for.",
    }),
  }),
  parameters: ["margin", "label_encoding", "kink"],
  unbounded,
  presets: {
    pytorch: {
      call: "(1 - y * z).clamp(min=0).mean()",
      options: { margin: 1, kink: "zero", reduction: "mean", mean_over: "count" },
      note: "PyTorch has no hinge loss of a score and a sign: this is the composition; hinge_embedding_loss is another loss.",
    },
    keras: {
      call: "Hinge",
      options: { margin: 1, kink: "half", reduction: "mean", mean_over: "count" },
      note: "Keras guesses from the data whether labels are 0 and 1: here label_encoding says so.",
    },
    optax: {
      call: "hinge_loss",
      options: { margin: 1, kink: "half", reduction: "none", mean_over: "count" },
    },
  },
  source: "C. Cortes, V. Vapnik, Support-vector networks (1995).",
  examples: [
    {
      summary: "A violated margin, and a margin just met",
      request: { logits: [0.5, 1], labels: [-1, 1], reduction: "none" },
    },
  ],
});
