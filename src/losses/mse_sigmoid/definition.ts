import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "square",
  aliases: ["brier"],
  summary: "Squared error after a sigmoid (binary Brier score): shows why MSE is a poor loss for a classifier.",
  notes: [
    "The gradient has the factor σ′(z) ≤ ¼: where the model is confident and wrong it all but vanishes.",
    "d is formed as (1−y)σ(z) − yσ(−z): σ(z) − y would lose every digit for a confident prediction.",
  ],
  formula: { text: "(σ(z) − y)²", latex: "(\\sigma(z)-y)^2" },
  gradient: { text: "2(σ(z) − y)·σ(z)·σ(−z)", latex: "2(\\sigma(z)-y)\\,\\sigma(z)\\,\\sigma(-z)" },
  activation: "sigmoid",
  labels: "unit",
  infiniteLogits: true,
  supports: { probabilities: false, accuracy: true, decomposition: false },
  options: Type.Object({}),
  parameters: [],
  unbounded,
  source: "G. W. Brier, Verification of forecasts expressed in terms of probability (1950).",
  examples: [
    {
      summary: "Confident and wrong: compare the gradient, 0.0860…, with binary_cross_entropy's, 0.9526…",
      request: { logits: [3], labels: [0] },
    },
  ],
});
