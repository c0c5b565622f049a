import { Type } from "typebox";
import { absentClassesNote, divergenceExamples, divergenceOptions } from "../divergences.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "divergence",
  aliases: ["reverse_kl_divergence"],
  summary:
    "KL divergence of the student's softmax from a target distribution: the student keeps to where the target is.",
  notes: [
    "P is a row of labels, or softmax(a/τ) of a teacher's logits a, given as label_logits: log P then comes from the logits, and is finite where P vanishes.",
    "A distribution of sum T (within 0.001 of 1) counts as P/T, so that the divergence is never negative.",
    absentClassesNote,
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
  options: Type.Object(divergenceOptions),
  parameters: ["temperature", "scale_by_temperature_squared"],
  unbounded,
  source:
    "S. Kullback, R. A. Leibler, On information and sufficiency (1951); as a loss in Y. Gu et al., MiniLLM (2023).",
  examples: divergenceExamples,
});
