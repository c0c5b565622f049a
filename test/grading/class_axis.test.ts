import { expect, test } from "vitest";
import { check } from "#lossd/grading/requests.js";
import { findLoss } from "#lossd/losses/registry.js";
import { engine } from "./tasks.js";

test("a check reads claims in the caller's layout, with the classes on any axis", () => {
  const loss = findLoss("cross_entropy")!;
  const request = {
    logits: [
      [2, 0.5],
      [1, -1],
      [0.1, 3],
    ],
    labels: [1, 2],
    class_axis: 0,
  };
  const shares = [0, 1].map((n) => {
    const e = request.logits.map((row) => Math.exp(row[n]!));
    return e.map((one) => one / e.reduce((sum, other) => sum + other, 0));
  });
  const gradients = request.logits.map((row, c) =>
    row.map((_, n) => (shares[n]![c]! - (request.labels[n] === c ? 1 : 0)) / 2),
  );
  expect(check(engine, loss, { ...request, claim: { gradients } }).verdict).toBe("pass");
  const wrong = check(engine, loss, { ...request, claim: { gradients: gradients.with(2, [gradients[2]![0]!, 9]) } });
  expect(wrong.parts[0]).toMatchObject({ verdict: "fail", mismatched: 1, worst: { pointer: "/gradients/2/1" } });
  const flipped = gradients.map((row) => row.map((one) => -one));
  const flipping = check(engine, loss, { ...request, claim: { gradients: flipped } });
  expect(flipping.diagnosis.candidates[0]?.id).toBe("grad-sign-flipped");
});
