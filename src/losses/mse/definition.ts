import { Type } from "typebox";
import { defineLoss } from "../loss.ts";

export default defineLoss({
  kind: "elementwise",
  aliases: ["mean_squared_error"],
  summary: "Squared error: regression with a Gaussian target of constant variance.",
  notes: [
    "No factor ½: optax's l2_loss and scikit-learn halve it, PyTorch, Keras and optax's squared_error do not.",
    "±Infinity is refused: the gradient would have no meaning.",
  ],
  formula: { text: "(z − y)²", latex: "(z-y)^2" },
  gradient: { text: "2(z − y)", latex: "2(z-y)" },
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({}),
  parameters: [],
  source: "Definition; maximum likelihood of N(y; z, σ²) up to a constant.",
  examples: [
    {
      summary: "Three predictions",
      request: { logits: [2.5, 0, 2], labels: [3, -0.5, 2] },
    },
  ],
});
