import { Type } from "typebox";
import { near, tiedHinges } from "../kinks.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "hinge",
  aliases: ["crammer_singer"],
  summary: "Crammer–Singer hinge of a row of scores: 0 once the label's class leads the best rival by the margin.",
  notes: [
    "Only the best rival is pushed down, the first of equals; optax shares the gradient out among equals.",
    "At the kink, where the label's class leads by the margin exactly, the gradient is 0.",
    "A class that does not exist (−Infinity, class_mask) is no rival; as a label it gives a loss of Infinity with finite gradients. Without a rival the loss is 0.",
  ],
  formula: { text: "max(0, m + max_{j≠y} z_j − z_y)", latex: "\\max(0,\\,m+\\max_{j\\ne y}z_j-z_y)" },
  gradient: {
    text: "where the loss is above 0: −1 at y, 1 at the first best rival",
    latex: "[L>0]\\,(e_r-e_y),\\quad r=\\arg\\max_{j\\ne y}z_j",
  },
  kink: (example) => {
    const { z, y, options } = example;
    const best = z.reduce((most, logit, j) => (j === y ? most : Math.max(most, logit)), Number.NEGATIVE_INFINITY);
    const worst = (options["margin"] as number) + best - z[y]!;
    // Below the margin nothing moves; above it the greatest rivals share one unit.
    if (worst < 0 && !near(worst, best, z[y]!)) return undefined;
    const rivals = z.filter((logit, j) => j !== y && near(logit - best, logit, best)).length;
    if (rivals < 2 && !near(worst, best, z[y]!)) return undefined;
    return tiedHinges(example, 1, (slack) => slack - worst, true);
  },
  activation: "identity",
  labels: "class",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: true, decomposition: false },
  options: Type.Object({
    margin: Type.Number({ default: 1, description: "m: how far the label's class must lead." }),
  }),
  parameters: ["margin"],
  unbounded,
  presets: {
    optax: {
      call: "losses.multiclass_hinge_loss",
      options: { margin: 1, reduction: "none", mean_over: "count" },
      note: "Where rivals are equal, or at the kink, optax shares the gradient out among them.",
    },
  },
  source: "K. Crammer, Y. Singer, On the algorithmic implementation of multiclass kernel-based vector machines (2001).",
  examples: [
    {
      summary: "A rival ahead, and a lead of more than the margin",
      request: {
        logits: [
          [2, 1, 0.1],
          [0.5, 3, -1],
        ],
        labels: [1, 1],
        reduction: "none",
      },
    },
  ],
});
