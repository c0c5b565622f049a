import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "distance",
  aliases: [],
  summary: "Absolute error with its kink rounded off within β: the box regression loss of object detectors.",
  notes: [
    "It is huber with delta = beta, divided by beta: the slope beyond β is 1 whatever β is.",
    "beta is above 0; its limit at 0 is l1.",
    "±Infinity is refused.",
  ],
  formula: {
    text: "½(z − y)²/β where |z − y| < β, else |z − y| − ½β",
    latex:
      "\\begin{cases}\\tfrac12 d^2/\\beta & |d|<\\beta\\\\ |d|-\\tfrac12\\beta & |d|\\ge\\beta\\end{cases},\\quad d=z-y",
  },
  gradient: { text: "(z − y)/β clipped to ±1", latex: "\\max(-1,\\,\\min(1,\\,(z-y)/\\beta))" },
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({
    beta: Type.Number({ default: 1, exclusiveMinimum: 0, description: "β: where the square becomes a straight line." }),
  }),
  parameters: ["beta"],
  unbounded,
  presets: { pytorch: { call: "smooth_l1_loss", options: { beta: 1, reduction: "mean", mean_over: "count" } } },
  source: "R. Girshick, Fast R-CNN (2015).",
  examples: [
    {
      summary: "Near the target, and an outlier",
      request: { logits: [2.5, 10], labels: [3, 0], beta: 1.5, reduction: "none" },
    },
  ],
});
