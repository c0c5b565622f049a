import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "square",
  aliases: [],
  summary: "Hinge loss squared: smooth at the margin, and harder on large violations.",
  notes: [
    "The slope goes to 0 at the margin from both sides: unlike hinge, it has no kink.",
    "No factor ½.",
    'Labels are −1 and 1; label_encoding "binary" takes 0 and 1. Nothing is guessed from the data.',
  ],
  formula: { text: "max(0, m − y·z)²", latex: "\\max(0,\\,m-yz)^2" },
  gradient: { text: "−2y·max(0, m − y·z)", latex: "-2y\\,\\max(0,\\,m-yz)" },
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
  }),
  parameters: ["margin", "label_encoding"],
  unbounded,
  presets: {
    keras: {
      call: "SquaredHinge",
      options: { margin: 1, reduction: "mean", mean_over: "count" },
      note: "Keras guesses from the data whether labels are 0 and 1: here label_encoding says so.",
    },
  },
  source: "Y. Tang, Deep learning using linear support vector machines (2013).",
  examples: [
    {
      summary: "Wrong, right by half the margin, and right by more than the margin",
      request: { logits: [0.5, 0.5, 2], labels: [-1, 1, 1], reduction: "none" },
    },
  ],
});
