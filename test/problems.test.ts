import { expect, test } from "vitest";
import { faultIn, Problem, repointing, within } from "#lossd/problems.js";

const fault = (pointer: string, detail: string) => ({ pointer, detail });

test("a fault of what lies at a place has the place before its pointer", () => {
  expect(faultIn("/inputs/2", fault("/data/0", "is wrong"))).toEqual(fault("/inputs/2/data/0", "is wrong"));
});

test("a step's problem points into the caller's body, and keeps its code", () => {
  const problem = Problem.of([fault("/logits", "is missing"), fault("", "is odd")], "too_many_elements");
  const step = () => {
    throw problem;
  };
  expect(() => repointing(within("/task/cases/1"), step)).toThrow(
    expect.objectContaining({
      code: "too_many_elements",
      detail: "/task/cases/1/logits: is missing (and 1 more)",
      errors: [fault("/task/cases/1/logits", "is missing"), fault("/task/cases/1", "is odd")],
    }),
  );
});

test("faults that a new place makes equal are one", () => {
  const points = [fault("/logits/0", "is NaN"), fault("/logits/1", "is NaN"), fault("/logits/1", "is too large")];
  const { errors, detail } = Problem.of(points).repointed((pointer) => pointer.replace(/\/\d+$/, ""));
  expect(errors).toEqual([fault("/logits", "is NaN"), fault("/logits", "is too large")]);
  expect(detail).toBe("/logits: is NaN (and 1 more)");
});

test("a problem without faults keeps its words, and an error that is none passes as it is", () => {
  const problem = new Problem("invalid_json", "expected a value at byte 3");
  expect(problem.repointed(within("/task"))).toBe(problem);
  const error = new TypeError("ours");
  const step = () => {
    throw error;
  };
  expect(() => repointing(within("/task"), step)).toThrow(error);
  expect(repointing(within("/task"), () => 7)).toBe(7);
});
