// POST /v1/check: one claim, one batch.
import { describe, expect, test } from "vitest";
import { check } from "#lossd/grading/requests.js";
import { findLoss } from "#lossd/losses/registry.js";
import { engine } from "./tasks.js";

test.each([
  [undefined, "fail"],
  ["rounded:2", "pass"],
])("a check with the tolerance %s says %s of a loss that is right to two decimals", (tolerance, verdict) => {
  const request = { logits: [1, 2], labels: [0, 0], claim: { loss: 2.504 }, ...(tolerance && { tolerance }) };
  expect(check(engine, findLoss("mse")!, request).verdict).toBe(verdict);
});

describe("probabilities that are clipped at 1e-7", () => {
  const logits = [-30, 25, -0.5, 28, 1];
  const labels = [1, 0, 1, 0, 0];
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const clipped = logits.map((z) => Math.min(Math.max(sigmoid(z), 1e-7), 1 - 1e-7));
  const losses = clipped.map((p, i) => (labels[i] ? -Math.log(p) : -Math.log1p(-p)));
  const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
  const right = logits.map((z, i) => (sigmoid(z) - labels[i]!) / logits.length);

  test.each([
    ["beside the right gradients", right, ["fail", "fail", "pass"]],
    [
      "and have no gradient there",
      right.map((g, i) => (clipped[i] === sigmoid(logits[i]!) ? g : 0)),
      ["fail", "fail", "fail"],
    ],
  ])("are named %s", (_what, gradients, verdicts) => {
    const request = { logits, labels, claim: { loss, losses, gradients } };
    const { diagnosis, parts } = check(engine, findLoss("binary_cross_entropy")!, request);
    expect(parts.map(({ verdict }) => verdict)).toEqual(verdicts);
    // A small number inside the logarithm is the same to 7 digits.
    expect(diagnosis.candidates.map(({ id }) => id)).toContain("eps-clip-binary");
  });
});
