// Sums of losses and of weights that are beyond the doubles, or too small for one.
import { expect, test } from "vitest";
import { ask, type Request } from "../harness/ask.js";

const infinity = Number.POSITIVE_INFINITY;

test("weights whose sum is beyond the doubles are refused: their mean would be NaN", () => {
  const request = { logits: [3, 4], labels: [1, 1], sample_weights: [1e308, 1e308], mean_over: "weights" };
  expect(() => ask("mse", request)).toThrow("their sum is beyond the doubles");
});

test("weights above 0 whose sum rounds to 0 are refused: their mean would be 0", () => {
  const request = { logits: [[1, 2]], labels: [0], class_weights: [1e-200, 1], sample_weights: [1e-200] };
  expect(() => ask("cross_entropy", { ...request, mean_over: "weights" })).toThrow("too small for a double");
});

test.each<[string, object, object]>([
  ["l1", { logits: [1.7e308, 1.7e308], labels: [0, 0] }, { loss: 1.7e308, loss_sum: infinity, nonfinite_count: 0 }],
  ["mse", { logits: [1e154, 1e154], labels: [0, 0] }, { loss: 1e154 ** 2, loss_sum: infinity, nonfinite_count: 0 }],
  [
    "binary_cross_entropy",
    { logits: [1.5e308, 1.5e308], labels: [0, 0], outputs: ["decomposition"] },
    { decomposition: { mean: { cross_entropy: 1.5e308, entropy: 0, kl_divergence: 1.5e308 } } },
  ],
  [
    "cross_entropy",
    {
      logits: [[0, 5e-310]],
      labels: [1],
      sample_weights: [1e-300],
      mean_over: 1e-300,
      outputs: ["decomposition"],
    },
    { decomposition: { mean: { cross_entropy: Math.LN2 } } },
  ],
  ["l1", { logits: [1.7e308, 1.7e308], labels: [0, 0], reduction: "sum" }, { loss: infinity, nonfinite_count: 1 }],
  ["l1", { logits: [1.7e308], labels: [0], mean_over: 0.5, outputs: [] }, { loss: infinity, nonfinite_count: 1 }],
  ["l1", { logits: [1.7e308, 1.7e308], labels: [0, 0], reduction: "none" }, { loss_sum: infinity, nonfinite_count: 0 }],
])("a mean of %s does not pass the largest double on its way: %j", (loss, request, reply) => {
  expect(ask(loss, request as Request)).toMatchObject(reply);
});
