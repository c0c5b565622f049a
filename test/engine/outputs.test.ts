// What a reply carries when it is asked for.
import { describe, expect, test } from "vitest";
import { ask, flat } from "../harness/ask.js";

describe("accuracy", () => {
  test.each([
    {
      says: "takes the first of equal logits",
      loss: "cross_entropy",
      request: {
        logits: [
          [1, 1],
          [1, 1],
        ],
        labels: [0, 1],
      },
      correct: [1, 0],
    },
    {
      says: "takes the first greatest of a distribution",
      loss: "cross_entropy",
      request: { logits: [[1, 2]], labels: [[0.5, 0.5]] },
      correct: [0],
    },
    {
      says: "leaves out classes that do not exist",
      loss: "cross_entropy",
      request: { logits: [[9, 1, 0]], labels: [1], class_mask: [false, true, true] },
      correct: [1],
    },
    {
      says: "asks whether a logit is above 0",
      loss: "focal",
      request: { logits: [1, 0, -1, 1], labels: [1, 1, 0, 0] },
      correct: [1, 0, 1, 0],
    },
    {
      says: "asks whether a probability is above a half",
      loss: "binary_cross_entropy",
      request: { probabilities: [0.4, 0.6], labels: [0, 0] },
      correct: [1, 0],
    },
    {
      says: "knows signed labels",
      loss: "hinge",
      request: { logits: [2, 2, -2], labels: [-1, 1, -1] },
      correct: [0, 1, 1],
    },
  ])("of $loss $says", ({ loss, request, correct }) => {
    const { accuracy } = ask(loss, { ...request, outputs: ["accuracy"] });
    expect(flat(accuracy.correct)).toEqual(correct);
    expect(accuracy.mean).toBe(correct.reduce((a: number, b: number) => a + b, 0) / correct.length);
  });

  test("counts the kept examples only", () => {
    const request = { logits: [1, 1, 1], labels: [1, 0, 0], mask: [true, true, false], outputs: ["accuracy"] };
    expect(ask("mse_sigmoid", request).accuracy).toEqual({ correct: [1, 0, 0], mean: 0.5 });
  });
});

test("probabilities are the sigmoid or the softmax at the temperature, and 0 for an ignored example", () => {
  const sigmoid = ask("focal", { logits: [0, 5], labels: [1, 1], mask: [true, false], outputs: ["probabilities"] });
  expect(sigmoid.probabilities).toEqual([0.5, 0]);
  const request = { logits: [[0, Math.LN2 * 2]], labels: [0], temperature: 2, outputs: ["probabilities"] };
  expect(flat(ask("cross_entropy", request).probabilities)[1]).toBeCloseTo(2 / 3, 15);
});

test("only what is asked for is in the reply", () => {
  const reply = ask("mse", { logits: [1], labels: [0], outputs: [] });
  expect(Object.keys(reply)).toEqual([
    "loss",
    "reduction",
    "denominator",
    "loss_sum",
    "weight_sum",
    "valid_count",
    "ignored_count",
    "nonfinite_count",
  ]);
});

test("the mean of a decomposition is weighted like the loss, also under sum and none", () => {
  const request = {
    logits: [0, 0],
    labels: [1, 0.5],
    sample_weights: [1, 3],
    mean_over: "weights",
    outputs: ["decomposition"],
  };
  for (const reduction of ["mean", "sum", "none"]) {
    const { mean, entropy } = ask("bce", { ...request, reduction }).decomposition;
    expect(entropy).toEqual([0, Math.LN2]);
    expect(mean.entropy).toBe((3 * Math.LN2) / 4);
    expect(mean.cross_entropy).toBe(Math.LN2);
  }
});
