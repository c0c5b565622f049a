import { describe, expect, it } from "vitest";
import { ulp, ulps, unitsApart } from "./ulp.js";

describe("ulp", () => {
  it.each([
    [1, 2 ** -52],
    [-1, 2 ** -52],
    [1.9999999999999998, 2 ** -52],
    [2, 2 ** -51],
    [0, 5e-324],
    [5e-324, 5e-324],
    [2 ** -1022, 5e-324],
    [2 ** -1021, 1e-323],
    [Number.MAX_VALUE, 2 ** 971],
  ])("of %d is the gap to the next double, %d", (x, gap) => {
    expect(ulp(x)).toBe(gap);
  });
});

describe("unitsApart", () => {
  it.each([
    ["equal numbers", 0.3, 0.3, undefined, 0],
    ["0.1 + 0.2 and 0.3", 0.1 + 0.2, 0.3, undefined, 1],
    ["0 and the smallest subnormal", 0, 5e-324, undefined, 1],
    ["numbers on both sides of 0", -5e-324, 5e-324, undefined, 2],
    ["a rounding of 1 in a small difference", 1e-20, 1e-20 + 2 ** -52, 1, 1],
    ["equal infinities", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, undefined, 0],
    ["opposite infinities", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, undefined, Number.POSITIVE_INFINITY],
    [
      "an infinity and the largest double",
      Number.POSITIVE_INFINITY,
      Number.MAX_VALUE,
      undefined,
      Number.POSITIVE_INFINITY,
    ],
    ["NaN and NaN", Number.NaN, Number.NaN, undefined, Number.POSITIVE_INFINITY],
  ])("counts %s", (_, got, want, scale, units) => {
    expect(unitsApart(got, want, scale)).toBe(units);
  });
});

describe("ulps", () => {
  it.each([
    ["equal numbers", 0.3, 0.3, 0],
    ["0.1 + 0.2 and 0.3", 0.1 + 0.2, 0.3, 1],
    ["0 and -0", 0, -0, 0],
    ["the smallest subnormals of both signs", -5e-324, 5e-324, 2],
    ["two doubles above 1 and one below", 1 + 2 ** -51, 1 - 2 ** -53, 3],
    ["NaN and NaN", Number.NaN, Number.NaN, Number.POSITIVE_INFINITY],
    ["an infinity and the largest double", Number.POSITIVE_INFINITY, Number.MAX_VALUE, Number.POSITIVE_INFINITY],
  ])("counts the doubles between %s", (_, a, b, count) => {
    expect(ulps(a, b)).toBe(count);
    expect(ulps(b, a)).toBe(count);
  });
});
