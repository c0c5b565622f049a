import type { Sample } from "../task/sample.ts";
import type { Factors } from "./mistake.ts";

export const softmaxLosses = ["cross_entropy", "softmax_focal", "kl_divergence", "reverse_kl", "jensen_shannon"];
export const rowwiseLosses = [...softmaxLosses, "multiclass_hinge", "multi_margin"];
export const everyLoss = [
  ...rowwiseLosses,
  "mse",
  "mse_sigmoid",
  "squared_hinge",
  "binary_cross_entropy",
  "focal",
  "hinge",
  "soft_margin",
  "l1",
  "huber",
  "smooth_l1",
  "log_cosh",
  "poisson_nll",
];

/** The same multiplier on the reduced loss and its gradient; per-example losses stay. */
export const reduced = (factor: number): Factors => ({ loss: factor, gradients: factor });
export const all = (factor: number): Factors => ({ loss: factor, losses: factor, gradients: factor });

/** A factor that only a mean over more than one has. */
export const ofMean = (factors: (sample: Sample) => Factors | undefined) => (sample: Sample) =>
  sample.options["reduction"] === "mean" && sample.denominator > 1 ? factors(sample) : undefined;
