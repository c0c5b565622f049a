import { expect, test } from "vitest";
import { answerOf, findFault, tolerances } from "../../bench/http/answers.mjs";
import { makeBatch } from "../../bench/http/batches.mjs";

const batch = makeBatch({ rows: 4, columns: 3, precision: "FP64" });
const expected = answerOf(batch);
const copy = () => ({
  loss: [...expected.loss],
  losses: [...expected.losses],
  gradients: [...expected.gradients],
});

test("the engine's own numbers are right, and so are those off by rounding", () => {
  const rounded = copy();
  rounded.gradients[11]! += 1e-16;
  expect(findFault(copy(), expected, tolerances.FP64)).toBeUndefined();
  expect(findFault(rounded, expected, tolerances.FP64)).toBeUndefined();
});

const wrong: [string, (answer: ReturnType<typeof copy>) => unknown, RegExp][] = [
  ["a gradient off by 1e-8", (answer) => (answer.gradients[11]! += 1e-8), /^gradients\[11\] is /],
  ["a loss that is no number", (answer) => (answer.losses[2] = Number.NaN), /^losses\[2\] is NaN/],
  ["a row too few", (answer) => answer.losses.pop(), /^losses has 3 numbers, not 4$/],
  ["no gradients", (answer) => Reflect.deleteProperty(answer, "gradients"), /^gradients has undefined numbers/],
  ["a sum for a mean", (answer) => (answer.loss[0]! *= 4), /^loss\[0\] is /],
];

test.each(wrong)("%s is found", (_name, spoil, fault) => {
  const answer = copy();
  spoil(answer);
  expect(findFault(answer, expected, tolerances.FP64)).toMatch(fault);
});
