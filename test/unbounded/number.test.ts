import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exp, expm1, log, log1p, pow, softplus, sumExactly } from "#lossd/unbounded/functions.js";
import { manyBits, Unbounded, withBits } from "#lossd/unbounded/number.js";
import { exactSum } from "../harness/exact.js";

const of = (x: number) => Unbounded.of(x);
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 5e-324, -5e-324, 2 ** -1022, Number.MAX_VALUE),
);

describe("a number without bounds", () => {
  test("gives back the double that it is made of", () => {
    fc.assert(
      fc.property(finite, (x) => {
        expect(of(x).toNumber()).toBe(x + 0);
      }),
    );
  });

  test("has sums of doubles that round once", () => {
    fc.assert(
      fc.property(fc.array(finite, { maxLength: 5 }), (values) => {
        expect(sumExactly(...values.map(of)).toNumber()).toBe(exactSum(values));
      }),
    );
  });

  test("has the product and the quotient that a double has, where that is one", () => {
    const ordinary = fc.double({ min: 1e-100, max: 1e100, noNaN: true });
    fc.assert(
      fc.property(ordinary, ordinary, (x, y) => {
        expect(of(x).times(of(y)).toNumber()).toBe(x * y);
        expect(of(x).over(of(y)).toNumber()).toBe(x / y);
      }),
    );
  });

  test("keeps what no double does", () => {
    const tiny = of(5e-324).times(of(5e-324));
    expect(tiny.toNumber()).toBe(0);
    expect(tiny.over(of(5e-324)).toNumber()).toBe(5e-324);
    expect(of(1e308).times(of(1e308)).over(of(1e308)).toNumber()).toBe(1e308);
  });

  test("rounds ties to even, among subnormals too", () => {
    expect(of(5e-324).times(of(0.5)).toNumber()).toBe(0);
    expect(of(5e-324).times(of(1.5)).toNumber()).toBe(1e-323);
    expect(
      of(2 ** 53)
        .plus(Unbounded.one)
        .toNumber(),
    ).toBe(2 ** 53);
  });
});

// To 20 digits and more by mpmath, rounded once.
test.each([
  ["exp", exp, -745, 5e-324],
  ["exp", exp, 709, 8.218407461554972e307],
  ["expm1", expm1, 1e-300, 1e-300],
  ["log", log, 5e-324, -744.4400719213812],
  ["log", log, 0.9999999999999999, -1.1102230246251565e-16],
  ["log1p", log1p, 5e-324, 5e-324],
  ["softplus", softplus, -20, 2.061153620314381e-9],
  ["softplus", softplus, 745, 745],
] as const)("%s is right at the edges of the doubles", (_name, call, x, want) => {
  expect(call(of(x)).toNumber()).toBe(want);
});

test("exponentials and logarithms undo each other, with any number of bits", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e5, noNaN: true }), fc.constantFrom(192, manyBits), (x, bits) => {
      expect(withBits(bits, () => log(exp(of(x)))).toNumber()).toBe(x + 0);
    }),
    { numRuns: 50 },
  );
});

test("a power of 0 is 0, and everything to the 0 is 1", () => {
  expect(pow(Unbounded.zero, 0.5).toNumber()).toBe(0);
  expect(pow(Unbounded.zero, 0).toNumber()).toBe(1);
  expect(pow(of(2), 0.5).toNumber()).toBe(Math.SQRT2);
});
