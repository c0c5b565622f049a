import { Type } from "typebox";
import { absentClassesNote, divergenceExamples, divergenceOptions } from "../divergences.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "divergence",
  aliases: ["jsd", "generalized_jsd"],
  summary:
    "Jensen–Shannon divergence of the student's softmax and a target distribution: both against their mixture, so always finite.",
  notes: [
    "P is a row of labels, or softmax(a/τ) of a teacher's logits a, given as label_logits; M = β·P + (1−β)·p, in log space where it vanishes.",
    "β is the target's share, as in generalized knowledge distillation. It is inside (0, 1): as β → 0 the loss goes to 0 and not to a KL divergence, which is kl_divergence or reverse_kl.",
    "A distribution of sum T (within 0.001 of 1) counts as P/T, so that the divergence is never negative.",
    absentClassesNote,
  ],
  formula: {
    text: "β·KL(P‖M) + (1−β)·KL(p‖M), M = β·P + (1−β)·p, p = softmax(z/τ)",
    latex: "\\beta\\,\\mathrm{KL}(P\\|M)+(1-\\beta)\\,\\mathrm{KL}(p\\|M),\\quad M=\\beta P+(1-\\beta)p",
  },
  gradient: {
    text: "(1−β)·p_j·(log p_j − log M_j − KL(p‖M))/τ",
    latex: "(1-\\beta)\\,p_j(\\log p_j-\\log M_j-\\mathrm{KL}(p\\|M))/\\tau",
  },
  activation: "softmax",
  labels: "distribution",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({
    ...divergenceOptions,
    beta: Type.Number({
      default: 0.5,
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description: "β: the target's share in the mixture, and the weight of its divergence.",
    }),
  }),
  parameters: ["temperature", "scale_by_temperature_squared", "beta"],
  unbounded,
  source:
    "J. Lin, Divergence measures based on the Shannon entropy (1991); as a loss in R. Agarwal et al., On-policy distillation (2023).",
  examples: divergenceExamples,
});
