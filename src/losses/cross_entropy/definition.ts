import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "rowwise",
  family: "cross_entropy",
  aliases: ["cce", "categorical_cross_entropy", "sparse_categorical_cross_entropy", "softmax_cross_entropy"],
  summary: "Softmax cross-entropy over the classes of a row, against a class index, a one-hot row or a distribution.",
  notes: [
    "One rule for every kind of label: the effective target is t_c = w_c·((1−ε)·y_c + ε/C) with T = Σt; a label's rank says what it is.",
    "The target's gradient is formed as −t·(1−p) from the other classes: p − 1 would lose every digit for a confident prediction.",
    "A logit of −Infinity, or false in class_mask, is a class that does not exist: the smoothing's mass goes to the others.",
    "A distribution that does not sum to 1 (within 0.001) gives the true derivative T·p − t, not p − t.",
    "Given probabilities that do not sum to 1 exactly, the decomposition keeps cross-entropy = entropy + KL, and its KL may then be below 0.",
  ],
  formula: { text: "−Σ_c t_c·log softmax(z/τ)_c", latex: "-\\sum_c t_c\\log\\operatorname{softmax}(z/\\tau)_c" },
  gradient: { text: "(T·p − t)/τ", latex: "(T\\,p-t)/\\tau" },
  activation: "softmax",
  labels: "class_or_distribution",
  infiniteLogits: true,
  supports: { probabilities: true, accuracy: true, decomposition: true },
  options: Type.Object({
    label_smoothing: Type.Number({
      default: 0,
      minimum: 0,
      maximum: 1,
      description: "ε: moves that share of the label's mass evenly to all classes that exist.",
    }),
    temperature: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: "τ: the logits are divided by it. Refused with probabilities.",
    }),
    class_weights: Type.Optional(
      Type.Array(Type.Number({ minimum: 0 }), {
        description: "w, one weight per class. Makes mean_over required when the reduction is a mean.",
      }),
    ),
    ignore_index: Type.Integer({
      default: -100,
      description:
        "Rows with this class index are ignored: loss 0, gradient 0, not counted, their logits not looked at. Distributions have none: another index than the default is refused beside them.",
    }),
    normalize_labels: Type.Boolean({
      default: false,
      description:
        "Divides each distribution by its sum first (half-precision teachers). true is refused beside class indices.",
    }),
  }),
  parameters: ["label_smoothing", "temperature"],
  unbounded,
  presets: {
    pytorch: {
      call: "cross_entropy",
      options: { reduction: "mean", mean_over: "weights" },
      distributions: { mean_over: "count" },
      deep: { class_axis: 1 },
      note: "Its weight is class_weights; sample weights it does not take, and here they count like those of classes.",
    },
    keras: {
      call: "SparseCategoricalCrossentropy(from_logits=True), CategoricalCrossentropy(from_logits=True)",
      options: { reduction: "mean", mean_over: "count" },
    },
    optax: {
      call: "softmax_cross_entropy_with_integer_labels, softmax_cross_entropy",
      options: { reduction: "none", mean_over: "count" },
    },
  },
  source:
    "Definition; softmax as in J. S. Bridle, Probabilistic interpretation of feedforward classification network outputs (1990).",
  examples: [
    {
      summary: "Three classes, a class index",
      request: { logits: [[2, 1, 0.1]], labels: [1], outputs: ["losses", "gradients", "decomposition"] },
    },
    {
      summary: "A distribution as label, with the decomposition",
      request: {
        logits: [
          [2, 1, 0.1],
          [0.5, 0.2, -1],
        ],
        labels: [
          [0.1, 0.8, 0.1],
          [0.6, 0.3, 0.1],
        ],
        outputs: ["losses", "decomposition", "accuracy"],
      },
    },
    {
      summary: "Class weights, an ignored row and label smoothing",
      request: {
        logits: [
          [2, 1, 0.1],
          [0.5, 0.2, -1],
        ],
        labels: [1, -100],
        class_weights: [1, 2, 3],
        mean_over: "weights",
        label_smoothing: 0.1,
      },
    },
    {
      summary: "Given probabilities: the class prior of a 90/10 data set",
      request: { probabilities: [[0.9, 0.1]], labels: [[0.9, 0.1]] },
    },
  ],
});
