import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "focal",
  aliases: ["binary_focal", "sigmoid_focal"],
  summary: "Focal loss: binary cross-entropy with the easy examples weighted down, for extreme class imbalance.",
  notes: [
    "With s = z for y = 1 and −z for y = 0, p = σ(s) and q = σ(−s): γ = 0 is binary_cross_entropy.",
    "alpha is off by default; torchvision's is 0.25.",
    "No power γ − 1 is formed: the gradient is safe for γ < 1, where torchvision's and Keras's are NaN.",
  ],
  formula: { text: "−α_t·q^γ·log p", latex: "-\\alpha_t\\,q^{\\gamma}\\log p" },
  gradient: { text: "∓α_t·q^γ·(−γ·p·log p + q)", latex: "\\mp\\alpha_t\\,q^{\\gamma}(-\\gamma\\,p\\log p+q)" },
  activation: "sigmoid",
  labels: "binary",
  infiniteLogits: true,
  supports: { probabilities: true, accuracy: true, decomposition: false },
  options: Type.Object({
    gamma: Type.Number({ default: 2, minimum: 0, description: "γ: how strongly easy examples are weighted down." }),
    alpha: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: "α: weight of the positive class, 1 − α of the negative one. Off when absent.",
      }),
    ),
  }),
  parameters: ["gamma", "alpha"],
  unbounded,
  presets: {
    pytorch: {
      call: "torchvision.ops.sigmoid_focal_loss",
      options: { gamma: 2, alpha: 0.25, reduction: "none", mean_over: "count" },
      note: "Its alpha=-1, which switches alpha off, is a request without a preset.",
    },
    keras: {
      call: "BinaryFocalCrossentropy(from_logits=True)",
      options: { gamma: 2, reduction: "mean", mean_over: "count" },
      note: "Keras ignores its alpha unless apply_class_balancing is set, and clips.",
    },
    optax: { call: "sigmoid_focal_loss", options: { gamma: 2, reduction: "none", mean_over: "count" } },
  },
  source: "T.-Y. Lin et al., Focal loss for dense object detection (2017).",
  examples: [
    {
      summary: "An easy and a hard example: 400 times less, and about a tenth less, than plain cross-entropy",
      request: { probabilities: [0.95, 0.05], labels: [1, 1], reduction: "none" },
    },
    {
      summary: "From logits, with alpha",
      request: { logits: [2, -1], labels: [1, 0], gamma: 2, alpha: 0.25 },
    },
  ],
});
