import { didYouMean } from "../losses/hints/nearest.ts";

/** What to send in place of a field that other libraries have: the first text whose field this loss takes. */
type Hints = Readonly<Record<string, readonly (readonly [needs: string, says: string])[]>>;

const labels = [["labels", "they are labels here"]] as const;
const logits = [["logits", "they are logits here"]] as const;
const reduction = [["reduction", 'it is reduction here: "mean", "sum" or "none"']] as const;
const axis = [["class_axis", "it is class_axis here"]] as const;
const weights = [
  ["class_weights", "one weight a class is class_weights here, one an example sample_weights"],
  ["sample_weights", "weights of examples are sample_weights here"],
] as const;
const ignored = [["mask", "an example to ignore is false in mask"]] as const;
const lnP = "for given probabilities p send ln p as logits, whose softmax is p: -Infinity where p is 0";
const probabilities = [
  ["probabilities", "probabilities are a field of their own, in place of logits"],
  ["label_logits", lnP],
  ["logits", "this loss takes logits only"],
] as const;

const elsewhere: Hints = {
  target: labels,
  targets: labels,
  truth: labels,
  y: labels,
  y_true: labels,
  input: logits,
  inputs: logits,
  predictions: logits,
  preds: logits,
  scores: logits,
  x: logits,
  y_pred: logits,
  weight: weights,
  weights: weights,
  sample_weight: [["sample_weights", "it is sample_weights here"]],
  class_weight: [["class_weights", "it is class_weights here"], ...weights],
  class_weights: [["sample_weights", "this loss has no classes: give each example its weight in sample_weights"]],
  size_average: reduction,
  reduce: reduction,
  average: reduction,
  dim: axis,
  axis,
  num_items_in_batch: [["mean_over", "it is mean_over here, a number"]],
  normalizer: [["mean_over", "it is mean_over here, a number"]],
  avg_factor: [["mean_over", "it is mean_over here, a number"]],
  ignore_index: ignored,
  padding_mask: ignored,
  smoothing: [["label_smoothing", "it is label_smoothing here"]],
  from_logits: probabilities,
  probs: probabilities,
  softmax: probabilities,
  sigmoid: probabilities,
  probabilities,
  log_target: [["label_logits", "log-probabilities of the target are label_logits here"]],
  teacher_logits: [["label_logits", "they are label_logits here"]],
  full: [["logits", "Stirling's term depends on no logit and is left out: add y ln y - y + ln(2 pi y)/2 where y > 1"]],
  log_input: [["logits", "logits are logarithms of the rate, as log_input=True has it: for a rate send its logarithm"]],
  alpha: [
    ["class_weights", "it is class_weights here, one weight a class"],
    ["pos_weight", "pos_weight weighs the label 1 here"],
    ["sample_weights", "weights of examples are sample_weights here"],
  ],
  pos_weight: [
    ["class_weights", "one weight a class is class_weights here"],
    ["sample_weights", "weights of examples are sample_weights here"],
  ],
  tau: [["temperature", "it is temperature here"]],
};

/** What to send in place of an unknown field: what it is called here, or the field that is written alike. */
export function fieldHint(name: string, takes: readonly string[]): string {
  const known = Object.hasOwn(elsewhere, name) ? elsewhere[name]! : [];
  return known.find(([needs]) => takes.includes(needs))?.[1] ?? didYouMean(name, takes);
}

const perLabel =
  'for one a class send it as sample_weights where the label is 1, and 1 where it is 0, with "mean_over": "count"';

const noHessian = "second derivatives are not computed here";

/** Values of other libraries, by field. */
const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  reduction: {
    batchmean: '"mean" divides by the rows, as batchmean does for [N, C]; mean_over takes any other number',
    sum_over_batch_size: 'it is "mean" here',
    average: 'it is "mean" here',
    avg: 'it is "mean" here',
    elementwise_mean: 'it is "mean" here',
    null: '"none" is without a reduction; left out, it is "mean"',
  },
  preset: {
    torch: "did you mean pytorch?",
    torchvision: "did you mean pytorch?",
    tensorflow: "its losses are those of keras",
    tf: "its losses are those of keras",
    jax: "optax is its library of losses",
  },
  outputs: {
    loss: 'the loss is always there, but with reduction "none"',
    kl_divergence: "it is part of decomposition",
    entropy: "it is part of decomposition",
    hessian: noHessian,
    hessians: noHessian,
    hess: noHessian,
  },
};

/** What to send in place of a value that a field does not take; `words` are those that it does. */
export function valueHint(name: string, value: unknown, words: readonly string[]): string {
  const given = Array.isArray(value) ? value.find((item) => !words.includes(item as string)) : value;
  const known = values[name];
  const text = String(given);
  if (known && Object.hasOwn(known, text)) return known[text]!;
  if (given === null) return "leave the field out for its default";
  if (name === "pos_weight" && Array.isArray(value)) return perLabel;
  if (name === "beta" && value === 0) return "at 0 the loss is l1";
  if (typeof given !== "string") return "";
  if (words.length === 0) return given.trim() !== "" && Number.isFinite(Number(given)) ? "leave the quotes out" : "";
  if (name === "outputs" && typeof value === "string" && words.includes(value)) return `send a list: ["${value}"]`;
  return didYouMean(given, words);
}
