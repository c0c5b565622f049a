import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "focal",
  aliases: ["categorical_focal", "multiclass_focal"],
  summary: "Focal loss over the classes of a row: softmax cross-entropy with the easy examples weighted down.",
  notes: [
    "With p = softmax(z) of the label's class and q = 1 − p from the other classes, every digit of it; γ = 0 is cross_entropy.",
    "No power γ − 1 is formed: the gradient is safe for γ < 1.",
    "alpha is off by default: a number for every class, or a list of one a class. It weighs the loss, and is no part of a mean over weights.",
    "A logit of −Infinity, or false in class_mask, is a class that does not exist: as a label it gives a loss of Infinity with finite gradients.",
  ],
  formula: { text: "−α_y·q^γ·log p", latex: "-\\alpha_y\\,q^{\\gamma}\\log p" },
  gradient: {
    text: "−α_y·G at y, α_y·G·e^z_j/Σ_{k≠y} e^z_k elsewhere, G = q^γ·(−γ·p·log p + q)",
    latex:
      "-\\alpha_y G\\ \\text{at}\\ y,\\quad \\alpha_y G\\,\\tfrac{e^{z_j}}{\\sum_{k\\ne y}e^{z_k}}\\ \\text{elsewhere},\\quad G=q^{\\gamma}(-\\gamma\\,p\\log p+q)",
  },
  activation: "softmax",
  labels: "class",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: true, decomposition: false },
  options: Type.Object({
    gamma: Type.Number({ default: 2, minimum: 0, description: "γ: how strongly easy examples are weighted down." }),
    alpha: Type.Optional(
      Type.Union([Type.Number({ minimum: 0 }), Type.Array(Type.Number({ minimum: 0 }))], {
        description: "α: the weight of the label's class, from a list of one a class, or one for all. Off when absent.",
      }),
    ),
  }),
  parameters: ["gamma", "alpha"],
  unbounded,
  presets: {
    keras: {
      call: "CategoricalFocalCrossentropy(from_logits=True)",
      options: { gamma: 2, alpha: 0.25, reduction: "mean", mean_over: "count" },
      note: "Keras's alpha multiplies every class alike; it clips, so that a saturated wrong prediction has no gradient there.",
    },
  },
  source: "T.-Y. Lin et al., Focal loss for dense object detection (2017), with softmax for the sigmoid.",
  examples: [
    {
      summary: "A class index: an easy row, and a hard one",
      request: {
        logits: [
          [4, 1, 0.1],
          [0.5, 0.2, -1],
        ],
        labels: [0, 2],
        reduction: "none",
      },
    },
    {
      summary: "A one-hot row, with a weight for each class",
      request: { logits: [[2, 1, 0.1]], labels: [[0, 1, 0]], gamma: 0.5, alpha: [0.25, 0.5, 1] },
    },
  ],
});
