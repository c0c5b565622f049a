import { Type } from "typebox";
import { defineLoss } from "../loss.ts";
import { unbounded } from "./unbounded.ts";

export default defineLoss({
  kind: "elementwise",
  family: "rate",
  aliases: ["poisson"],
  summary: "Negative log-likelihood of a count under a Poisson distribution whose rate is e^z.",
  notes: [
    "The logit is the logarithm of the rate, as in PyTorch with log_input; Keras's Poisson takes the rate itself.",
    "The constant log y! is left out, so the loss can be negative: least, y − y·log y, where the rate is y.",
    "Labels need not be whole numbers: a rate per unit of exposure is a label too.",
    "e^z overflows above z = 709.78: the loss is then Infinity, unless y·z is as large. ±Infinity is refused.",
  ],
  formula: { text: "e^z − y·z", latex: "e^{z}-yz" },
  gradient: { text: "e^z − y", latex: "e^{z}-y" },
  activation: "identity",
  labels: "non_negative",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({}),
  parameters: [],
  unbounded,
  presets: {
    pytorch: {
      call: "poisson_nll_loss",
      options: { reduction: "mean", mean_over: "count" },
      note: "Its log_input=True and full=False, which are its defaults.",
    },
  },
  source: "Definition; maximum likelihood of a Poisson distribution, up to a constant.",
  examples: [
    {
      summary: "Rates 1 and e² against counts",
      request: { logits: [0, 2], labels: [3, 7], reduction: "none" },
    },
  ],
});
