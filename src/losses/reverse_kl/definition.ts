import { Type } from "typebox";
import { defineLoss } from "../loss.ts";

export default defineLoss({
  kind: "rowwise",
  aliases: ["reverse_kl_divergence"],
  summary:
    "KL divergence of the student's softmax from a target distribution: the student keeps to where the target is.",
  notes: [
    "P is a row of labels, or softmax(a/τ) of a teacher's logits a, given as label_logits: log P then comes from the logits, and is finite where P vanishes.",
    "A distribution of sum T (within 0.001 of 1) counts as P/T, so that the divergence is never negative.",
    "A class that does not exist (−Infinity in logits, false in class_mask) has no share; class_mask is the teacher's mask too. Both sides may lack the same class.",
    "A student with a share in a class that the target lacks is a loss of Infinity; the gradient is Infinity there and −Infinity in the classes of both, or 0 if they have none in common.",
  ],
  formula: {
    text: "R = Σ_c p_c·log(p_c/P_c), p = softmax(z/τ)",
    latex: "R=\\sum_c p_c\\log\\frac{p_c}{P_c},\\quad p=\\operatorname{softmax}(z/\\tau)",
  },
  gradient: { text: "p_j·(log p_j − log P_j − R)/τ", latex: "p_j(\\log p_j-\\log P_j-R)/\\tau" },
  activation: "softmax",
  labels: "distribution",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({
    temperature: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: "τ: the logits, and a teacher's, are divided by it.",
    }),
    scale_by_temperature_squared: Type.Boolean({
      default: false,
      description: "Multiplies loss and gradient by τ², so that a distillation's gradients keep their size.",
    }),
  }),
  parameters: ["temperature", "scale_by_temperature_squared"],
  source:
    "S. Kullback, R. A. Leibler, On information and sufficiency (1951); as a loss in Y. Gu et al., MiniLLM (2023).",
  examples: [
    {
      summary: "Distributions as labels",
      request: {
        logits: [
          [2, 1, 0.1],
          [0.5, 0.2, -1],
        ],
        labels: [
          [0.1, 0.8, 0.1],
          [0.6, 0.3, 0.1],
        ],
        outputs: ["losses", "gradients", "probabilities"],
      },
    },
    {
      summary: "Distillation: a teacher's logits at temperature 2",
      request: {
        logits: [[2, 1, 0.1]],
        label_logits: [[3, 0.5, -1]],
        temperature: 2,
        scale_by_temperature_squared: true,
      },
    },
  ],
});
