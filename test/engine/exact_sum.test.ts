import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Engine } from "#lossd/engine/engine.js";
import { exactMean, exactSum } from "../harness/exact.js";

const engine = Engine.load();

function sum(values: number[]): number {
  engine.reset();
  const address = engine.store({ shape: [values.length], data: Float64Array.from(values) });
  return engine.calls.exact_sum_round(engine.sum(address, values.length));
}

const anyDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** -1022, 1, 2 ** -53, 2 ** 53, 1e308, -1e308, 1e-300),
);

describe("the exact sum", () => {
  test("is the correctly rounded sum, against integers of any size", () => {
    fc.assert(
      fc.property(fc.array(anyDouble, { maxLength: 60 }), (values) => {
        expect(sum(values)).toBe(exactSum(values));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    { values: [1e308, 1e308, -1e308], expected: 1e308, why: "passes beyond the largest double on its way" },
    { values: [1e308, 1e308], expected: Number.POSITIVE_INFINITY, why: "ends beyond the largest double" },
    { values: [1, 2 ** -53, 2 ** -106], expected: 1 + 2 ** -52, why: "breaks a tie by a bit far below" },
    { values: [1, 2 ** -53], expected: 1, why: "rounds a tie to even" },
    { values: [2 ** 53, 1, 2 ** -1074], expected: 2 ** 53 + 2, why: "sees the smallest subnormal" },
    { values: [1e16, 1, -1e16], expected: 1, why: "cancels" },
    { values: [Number.POSITIVE_INFINITY, 1], expected: Number.POSITIVE_INFINITY, why: "has an infinity" },
    { values: [], expected: 0, why: "is empty" },
  ])("of $values is $expected: it $why", ({ values, expected }) => {
    expect(sum(values)).toBe(expected);
  });

  const factor = fc.oneof(anyDouble, fc.constantFrom(1e-300, 1e300, 5e-324, 1)).map(Math.abs);

  test("of products, over a denominator, is right where none of the steps is a double", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyDouble, factor), { maxLength: 30 }), factor, (pairs, denominator) => {
        const values = pairs.map(([value]) => value);
        const weights = pairs.map(([, weight]) => weight);
        engine.reset();
        const place = (numbers: number[]) =>
          engine.store({ shape: [numbers.length], data: Float64Array.from(numbers) });
        const sum = engine.sum(place(values), values.length, place(weights));
        const got = engine.calls.exact_sum_divide(sum, denominator);
        const want = denominator === 0 ? 0 : exactMean(values, weights, denominator);
        expect(got).not.toBe(-0);
        expect(Math.abs(got - want) || 0).toBeLessThanOrEqual(Math.abs(want) < 2 ** -1022 ? 5e-324 : 0);
      }),
      { numRuns: 3000 },
    );
  });

  test("does not depend on the order", () => {
    fc.assert(
      fc.property(fc.array(anyDouble, { minLength: 2, maxLength: 40 }), (values) => {
        expect(sum(values.toReversed())).toBe(sum(values));
      }),
    );
  });
});
