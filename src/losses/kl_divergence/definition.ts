import { Type } from "typebox";
import { absentClassesNote, divergenceExamples, divergenceOptions } from "../divergences.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "divergence",
  aliases: ["kl_div", "forward_kl"],
  summary:
    "KL divergence of a target distribution from the student's softmax: cross-entropy less the target's entropy.",
  notes: [
    "P is a row of labels, or softmax(a/τ) of a teacher's logits a, given as label_logits. For labels it is the KL divergence of cross_entropy's decomposition.",
    "A sum of terms that are never negative: it keeps its digits when student and target almost agree, and is never below 0.",
    "A distribution of sum T (within 0.001 of 1) gives T·KL(P/T‖p) and its derivative T·p − P.",
    absentClassesNote,
    "A target with a share in a class that the student lacks is a loss of Infinity with finite gradients.",
  ],
  formula: {
    text: "Σ_c P_c·log(P_c/p_c), p = softmax(z/τ)",
    latex: "\\sum_c P_c\\log\\frac{P_c}{p_c},\\quad p=\\operatorname{softmax}(z/\\tau)",
  },
  gradient: { text: "(p − P)/τ", latex: "(p-P)/\\tau" },
  activation: "softmax",
  labels: "distribution",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object(divergenceOptions),
  parameters: ["temperature", "scale_by_temperature_squared"],
  unbounded,
  presets: {
    pytorch: {
      call: 'kl_div(log_softmax(z, -1), P, reduction="batchmean")',
      options: { reduction: "mean" },
      meanOverFirstAxis: true,
      note: 'Its "mean" divides by the number of all logits, which is no mean of divergences.',
    },
    keras: {
      call: "KLDivergence, of softmax(z)",
      options: { reduction: "mean", mean_over: "count" },
      note: "Keras clips both sides at 1e-7.",
    },
    optax: {
      call: "kl_divergence(log_softmax(z), P)",
      options: { reduction: "none", mean_over: "count" },
    },
  },
  source: "S. Kullback, R. A. Leibler, On information and sufficiency (1951); τ² as in G. Hinton et al. (2015).",
  examples: divergenceExamples,
});
