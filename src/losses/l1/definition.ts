import { Type } from "typebox";
import { between, near } from "../kinks.ts";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "distance",
  aliases: ["mae", "absolute_error", "mean_absolute_error"],
  summary: "Absolute error: regression towards the median, little moved by outliers.",
  notes: [
    "At the kink, where z equals y, the gradient is 0, as in PyTorch; scikit-learn gives −1 there.",
    "±Infinity is refused: the gradient would have no meaning.",
  ],
  formula: { text: "|z − y|", latex: "|z-y|" },
  gradient: { text: "sign(z − y), 0 where z = y", latex: "\\operatorname{sign}(z-y)" },
  kink: ({ z, y }) => (near(z[0]! - y, z[0]!, y) ? between(-1, 1) : undefined),
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({}),
  parameters: [],
  unbounded,
  presets: {
    pytorch: { call: "l1_loss", options: { reduction: "mean", mean_over: "weights" } },
    keras: {
      call: "MeanAbsoluteError",
      options: { reduction: "mean", mean_over: "count" },
      note: "Keras means over the last axis first, so a weight is one a row.",
    },
  },
  source: "Definition; maximum likelihood of a Laplace distribution of constant scale, up to a constant.",
  examples: [
    {
      summary: "Above, below and on the target",
      request: { logits: [2.5, -1, 2], labels: [2, 0.5, 2], reduction: "none" },
    },
  ],
});
