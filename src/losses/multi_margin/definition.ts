import { Type } from "typebox";
import { tiedHinges } from "../kinks.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "hinge",
  aliases: ["weston_watkins"],
  summary: "Weston–Watkins hinge of a row of scores: every rival within the margin counts, and their sum is over C.",
  notes: [
    "C is the number of classes that exist in a row; PyTorch, which knows no others, divides by the same. The kink has the gradient 0.",
    "A class that does not exist (−Infinity, class_mask) is no rival; as a label it gives a loss of Infinity.",
  ],
  formula: {
    text: "(w_y/C)·Σ_{j≠y} max(0, m − z_y + z_j)^p",
    latex: "\\frac{w_y}{C}\\sum_{j\\ne y}\\max(0,\\,m-z_y+z_j)^p",
  },
  gradient: {
    text: "(w_y/C)·p·max(0, m − z_y + z_j)^(p−1) where the term is above 0, minus their sum at y",
    latex: "\\frac{w_y}{C}\\,p\\,\\max(0,\\,m-z_y+z_j)^{p-1},\\quad\\text{minus their sum at}\\ y",
  },
  // The square of p = 2 has none.
  kink: (example) => {
    if (example.options["p"] !== 1) return undefined;
    return tiedHinges(
      example,
      example.classWeight / example.z.filter((z) => z > Number.NEGATIVE_INFINITY).length,
      (slack) => slack,
      false,
    );
  },
  activation: "identity",
  labels: "class",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: true, decomposition: false },
  options: Type.Object({
    p: Type.Integer({ default: 1, minimum: 1, maximum: 2, description: "p: 1 is the hinge, 2 its square." }),
    margin: Type.Number({ default: 1, description: "m: how far the label's class must lead each rival." }),
    class_weights: Type.Optional(
      Type.Array(Type.Number({ minimum: 0 }), {
        description: "w, one weight per class. Makes mean_over required when the reduction is a mean.",
      }),
    ),
  }),
  parameters: ["p", "margin"],
  unbounded,
  presets: {
    pytorch: {
      call: "multi_margin_loss",
      options: { p: 1, margin: 1, reduction: "mean", mean_over: "count" },
      rankMax: 2,
      note: "Its weight is class_weights.",
    },
  },
  source: "J. Weston, C. Watkins, Multi-class support vector machines (1998); divided by C as in PyTorch.",
  examples: [
    {
      summary: "Two rivals within the margin, and one",
      request: {
        logits: [
          [2, 1, 0.1],
          [0.5, 3, 2.5],
        ],
        labels: [1, 1],
        reduction: "none",
      },
    },
    {
      summary: "Squared, with a weight for each class",
      request: { logits: [[2, 1, 0.1]], labels: [1], p: 2, class_weights: [1, 2, 0.5], mean_over: "count" },
    },
  ],
});
