import { expect, test } from "vitest";
import { ask, askText, type Request } from "../harness/ask.js";

const row = { logits: [[1, 2]], labels: [0] };
const soft = { logits: [[1, 2]], labels: [[0.5, 0.5]] };
const tie = { logits: [1], labels: [1] };

test.each<[string, string, Request]>([
  ["/mean_over: divides nothing", "cross_entropy", { ...row, reduction: "sum", mean_over: 5 }],
  ["/mean_over: divides nothing", "mse", { ...tie, reduction: "none", mean_over: "count" }],
  ["/mean_over: divides nothing", "cross_entropy", { ...row, preset: "optax", mean_over: 5 }],
  ["/on_empty: is for a mean", "mse", { ...tie, reduction: "sum", on_empty: "error" }],
  ["/kink: chooses a gradient", "hinge", { ...tie, kink: "half", outputs: ["losses"] }],
  ["/normalize_labels: is for distributions", "cross_entropy", { ...row, normalize_labels: true }],
  ["/ignore_index: is for class indices", "cross_entropy", { ...soft, ignore_index: 255 }],
])("%s that is asked for: %s of %j is refused", (detail, loss, request) => {
  expect(() => askText(loss, request)).toThrow(detail);
});

test.each<[string, string, Request]>([
  ["a mean", "cross_entropy", { ...row, mean_over: 5 }],
  ["a decomposition's means", "cross_entropy", { ...row, reduction: "sum", mean_over: 5, outputs: ["decomposition"] }],
  ["a preset's own choice", "mse", { ...tie, preset: "optax" }],
  ["a preset's mean, summed", "cross_entropy", { ...row, preset: "pytorch", reduction: "sum" }],
  ["a gradient", "hinge", { ...tie, kink: "half", outputs: ["gradients"] }],
  ["the usual value, said", "cross_entropy", { ...soft, ignore_index: -100 }],
  ["labels of no example", "cross_entropy", { logits: [], labels: [], normalize_labels: true }],
])("an option that %s depends on is taken: %s of %j", (_, loss, request) => {
  expect(ask(loss, request).valid_count).toBe((request["logits"] as unknown[]).length);
});
