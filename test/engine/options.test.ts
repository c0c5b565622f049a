// What the common fields of a request mean, by examples small enough to check by hand.
import { expect, test } from "vitest";
import { ask, type Request } from "../harness/ask.js";

const infinity = Number.POSITIVE_INFINITY;

const cases: { says: string; loss: string; request: Request; reply: Record<string, unknown> }[] = [
  {
    says: "a single number gives single numbers",
    loss: "mse",
    request: { logits: 3, labels: 1 },
    reply: { loss: 4, losses: 4, gradients: 4, denominator: 1 },
  },
  {
    says: "one row gives a single loss and a row of gradients",
    loss: "cross_entropy",
    request: { logits: [0, 0], labels: 0 },
    reply: { losses: Math.LN2, gradients: [-0.5, 0.5] },
  },
  {
    says: "more axes keep their shape, the class axis last",
    loss: "cross_entropy",
    request: {
      logits: [
        [
          [0, 0],
          [0, 0],
        ],
      ],
      labels: [[0, 1]],
    },
    reply: {
      losses: [[Math.LN2, Math.LN2]],
      gradients: [
        [
          [-0.25, 0.25],
          [0.25, -0.25],
        ],
      ],
      denominator: 2,
    },
  },
  {
    says: "a mean over weights divides by the sample weights",
    loss: "mse",
    request: { logits: [1, 2], labels: [0, 0], sample_weights: [3, 1], mean_over: "weights" },
    reply: { losses: [3, 4], loss: 1.75, denominator: 4, weight_sum: 4, loss_sum: 7, gradients: [1.5, 1] },
  },
  {
    says: "a mean over counts divides by the kept examples, weights or not",
    loss: "mse",
    request: { logits: [1, 2], labels: [0, 0], sample_weights: [3, 1], mean_over: "count" },
    reply: { loss: 3.5, denominator: 2, weight_sum: 4, gradients: [3, 2] },
  },
  {
    says: "a mean over a number divides by it: a micro-batch of a batch of 8",
    loss: "mse",
    request: { logits: [1, 2], labels: [0, 0], mean_over: 8 },
    reply: { loss: 0.625, denominator: 8, gradients: [0.25, 0.5] },
  },
  {
    says: "a gradient of 0 stays 0 over a denominator whose inverse is infinite",
    loss: "hinge",
    request: { logits: [2, 0], labels: [1, 1], mean_over: 5e-324 },
    reply: { losses: [0, 1], gradients: [0, -infinity] },
  },
  {
    says: "a gradient over a tiny denominator is right where it is a double itself",
    loss: "mse",
    request: { logits: [2 ** -535], labels: [0], mean_over: 2 ** -1030 },
    reply: { gradients: [2 ** 496] },
  },
  {
    says: "a sum has no denominator, and sample weights need no mean_over",
    loss: "mse",
    request: { logits: [1, 2], labels: [0, 0], reduction: "sum", sample_weights: [2, 1] },
    reply: { loss: 6, denominator: undefined, gradients: [4, 4] },
  },
  {
    says: "no reduction gives no loss",
    loss: "mse",
    request: { logits: [1, 2], labels: [0, 0], reduction: "none" },
    reply: { loss: undefined, losses: [1, 4], gradients: [2, 4], loss_sum: 5 },
  },
  {
    says: "a mask ignores an example whatever it holds",
    loss: "mse",
    request: { logits: [1, "NaN"], labels: [0, "Infinity"], mask: [true, false] },
    reply: { loss: 1, losses: [1, 0], gradients: [2, 0], denominator: 1, valid_count: 1, ignored_count: 1 },
  },
  {
    says: "ignore_index ignores rows whatever their logits hold",
    loss: "cross_entropy",
    request: {
      logits: [
        [0, 0],
        ["NaN", "Infinity"],
      ],
      labels: [0, -100],
    },
    reply: {
      loss: Math.LN2,
      losses: [Math.LN2, 0],
      gradients: [
        [-0.5, 0.5],
        [0, 0],
      ],
      valid_count: 1,
      ignored_count: 1,
    },
  },
  {
    says: "everything ignored is a loss of 0 over a denominator of 0",
    loss: "cross_entropy",
    request: { logits: [[0, 0]], labels: [7], ignore_index: 7 },
    reply: { loss: 0, denominator: 0, gradients: [[0, 0]], valid_count: 0, ignored_count: 1 },
  },
  {
    says: "weights of 0 are a loss of 0 over a denominator of 0, also where a loss is infinite",
    loss: "binary_cross_entropy",
    request: { logits: ["Infinity"], labels: [0], sample_weights: [0], mean_over: "weights" },
    reply: { loss: 0, losses: [0], gradients: [0], denominator: 0, valid_count: 1, nonfinite_count: 0 },
  },
  {
    says: "class weights multiply by the label's class, and a mean over weights divides by their sum",
    loss: "cross_entropy",
    request: {
      logits: [
        [0, 0],
        [0, 0],
      ],
      labels: [0, 1],
      class_weights: [1, 3],
      mean_over: "weights",
    },
    reply: { losses: [Math.LN2, 3 * Math.LN2], loss: Math.LN2, denominator: 4, weight_sum: 4 },
  },
  {
    says: "a class that the mask leaves out is the same as a logit of -Infinity",
    loss: "cross_entropy",
    request: { logits: [[0, 0, 9]], labels: [0], class_mask: [true, true, false] },
    reply: { losses: [Math.LN2], gradients: [[-0.5, 0.5, 0]] },
  },
  {
    says: "smoothing goes to the classes that exist alone",
    loss: "cross_entropy",
    request: { logits: [[0, 0, "-Infinity"]], labels: [0], label_smoothing: 0.5 },
    reply: { losses: [Math.LN2], gradients: [[-0.25, 0.25, 0]] },
  },
  {
    says: "a label on a class that does not exist is an infinite loss with finite gradients",
    loss: "cross_entropy",
    request: { logits: [[0, 0, "-Infinity"]], labels: [2] },
    reply: { losses: [infinity], gradients: [[0.5, 0.5, -1]], nonfinite_count: 2 },
  },
  {
    says: "a temperature divides the logits and the gradient",
    loss: "cross_entropy",
    request: { logits: [[0, 0]], labels: [0], temperature: 2 },
    reply: { losses: [Math.LN2], gradients: [[-0.25, 0.25]] },
  },
  {
    says: "labels that sum to 2/3 are normalized if asked",
    loss: "cross_entropy",
    request: { logits: [[0, 0]], labels: [[0.5, 0.25]], normalize_labels: true, mean_over: "weights" },
    reply: { losses: [Math.LN2] },
  },
  {
    says: "probabilities are taken as they are, and gradients are by them",
    loss: "cross_entropy",
    request: { probabilities: [[0.5, 0.5]], labels: [0] },
    reply: { losses: [Math.LN2], gradients: [[-2, 0]], gradient_wrt: "probabilities" },
  },
  {
    says: "a probability of 0 for the true class is an infinite loss, never clipped",
    loss: "binary_cross_entropy",
    request: { probabilities: [0], labels: [1] },
    reply: { loss: infinity, gradients: [-infinity], nonfinite_count: 3 },
  },
  {
    says: "infinite logits have their limits",
    loss: "binary_cross_entropy",
    request: { logits: ["Infinity", "-Infinity", "Infinity", "-Infinity"], labels: [1, 0, 0, 1], reduction: "none" },
    reply: { losses: [0, 0, infinity, infinity], gradients: [0, 0, 1, -1] },
  },
  {
    says: "binary labels of hinge are mapped to -1 and 1",
    loss: "hinge",
    request: { logits: [0.5, 0.5], labels: [0, 1], label_encoding: "binary", reduction: "none" },
    reply: { losses: [1.5, 0.5], gradients: [1, -1] },
  },
  {
    says: "a focal loss of a logit near the largest double is 0 with a gamma near the least one too",
    loss: "focal",
    request: { logits: [-2.7e302], labels: [0], gamma: 1e-300 },
    reply: { losses: [0], gradients: [0] },
  },
  {
    says: "a divergence between the last two subnormal numbers is 0, and not below",
    loss: "jensen_shannon",
    request: { logits: [[0, -744.272]], label_logits: [[0, -745.119]] },
    reply: { losses: [0] },
  },
  {
    says: "a focal alpha weighs the classes",
    loss: "focal",
    request: { logits: [0, 0], labels: [1, 0], gamma: 0, alpha: 0.25, reduction: "none" },
    reply: { losses: [0.25 * Math.LN2, 0.75 * Math.LN2], gradients: [-0.125, 0.375] },
  },
];

test.each(cases)("$loss: $says", ({ loss, request, reply }) => {
  const got = ask(loss, request) as unknown as Record<string, unknown>;
  for (const [field, wanted] of Object.entries(reply)) expect.soft(got[field], field).toEqual(wanted);
});

test("a denominator of 0 is an error if the caller wants one", () => {
  expect(() => ask("mse", { logits: [1], labels: [1], mask: [false], on_empty: "error" })).toThrow("denominator is 0");
});

test("class weights whose sum is beyond the doubles are refused: a row's gradient would be NaN", () => {
  const request = { logits: [[0, 1e16]], labels: [[0.5, 0.5]], class_weights: [1.7e308, 1.7e308], reduction: "sum" };
  expect(() => ask("cross_entropy", request)).toThrow("sum to Infinity");
});
