// What holds for the losses of one class a row: softmax_focal and the hinges over classes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { logit } from "../harness/arbitraries.js";
import { ask, flat } from "../harness/ask.js";
import { ulps } from "../harness/ulp.js";

/** Multiples of 2^-8: their differences are exact. */
const grid = fc.integer({ min: -2048, max: 2048 }).map((k) => k / 256);
const row = (z: fc.Arbitrary<number>, classes = 4) => fc.array(z, { minLength: classes, maxLength: classes });
const near = (got: unknown, want: unknown, units: number) =>
  [got, want]
    .map((numbers) => flat(numbers as number[]))
    .reduce((a, b) => {
      a.forEach((value, i) => {
        expect(ulps(value, b[i]!), `${value} for ${b[i]}`).toBeLessThanOrEqual(units);
      });
      return a;
    });

test("softmax_focal with gamma 0 is cross_entropy", () => {
  fc.assert(
    fc.property(row(logit), fc.nat(3), (z, y) => {
      const request = { logits: [z], labels: [y] };
      const [focal, plain] = [ask("softmax_focal", { ...request, gamma: 0 }), ask("cross_entropy", request)];
      expect(focal.losses).toEqual(plain.losses);
      near(focal.gradients, plain.gradients, 4);
    }),
  );
});

test("softmax_focal over two classes is focal of the difference of the logits", () => {
  fc.assert(
    fc.property(grid, grid, fc.nat(1), fc.constantFrom(0, 0.5, 1, 2, 5), (z0, z1, y, gamma) => {
      const rows = ask("softmax_focal", { logits: [[z0, z1]], labels: [y], gamma });
      const single = ask("focal", { logits: [z1 - z0], labels: [y], gamma });
      near([rows.loss], [single.loss], 6 * Math.max(1, gamma));
      near([flat(rows.gradients)[1]!], single.gradients, 6 * Math.max(1, gamma));
    }),
  );
});

test("softmax_focal's alpha is the label's class's: one for all is a list of it, and no part of the weights", () => {
  const request = {
    logits: [
      [2, 1, 0.1],
      [0.5, 0.2, -1],
    ],
    labels: [0, 2],
    reduction: "none",
  };
  const [plain, all, list] = [undefined, 0.5, [0.5, 3, 0.25]].map((alpha) =>
    ask("softmax_focal", alpha === undefined ? request : { ...request, alpha }),
  );
  const [first, second] = flat(plain!.losses);
  expect(all!.losses).toEqual([first! / 2, second! / 2]);
  expect(list!.losses).toEqual([first! / 2, second! / 4]);
  expect(list!.weight_sum).toBe(2);
  expect(ask("softmax_focal", { ...request, alpha: [0.5, 0.5, 0.5] })).toEqual(all);
});

test.each([1, 2])("multi_margin with p %d is the sum over the rivals, by hand", (p) => {
  fc.assert(
    fc.property(row(grid), fc.nat(3), fc.constantFrom(0.5, 1, 2), (z, y, margin) => {
      const reply = ask("multi_margin", { logits: [z], labels: [y], p, margin });
      const short = z.map((rival, j) => (j === y ? 0 : Math.max(0, margin - z[y]! + rival)));
      expect(reply.loss).toBe(short.reduce((sum, v) => sum + v ** p, 0) / 4);
      const slopes = short.map((v) => (v > 0 ? (p === 2 ? 2 * v : 1) / 4 : 0));
      slopes[y] = -slopes.reduce((sum, slope) => sum + slope, 0) + 0;
      expect(flat(reply.gradients)).toEqual(slopes.map((slope) => slope + 0));
    }),
  );
});

test("multiclass_hinge is the greatest of multi_margin's terms, and pushes down the first best rival alone", () => {
  fc.assert(
    fc.property(row(grid), fc.nat(3), fc.constantFrom(0.5, 1, 2), (z, y, margin) => {
      const reply = ask("multiclass_hinge", { logits: [z], labels: [y], margin });
      const rivals = z.map((rival, j) => (j === y ? Number.NEGATIVE_INFINITY : rival));
      const best = rivals.indexOf(Math.max(...rivals));
      const loss = Math.max(0, margin - z[y]! + z[best]!);
      expect(reply.loss).toBe(loss);
      const slope = (j: number) => (j === y ? -1 : j === best ? 1 : 0);
      expect(flat(reply.gradients)).toEqual(z.map((_, j) => (loss > 0 ? slope(j) : 0)));
    }),
  );
});

test("over two classes both hinges are hinge of the difference of the logits, multi_margin's half of it", () => {
  fc.assert(
    fc.property(grid, grid, fc.nat(1), (z0, z1, y) => {
      const request = { logits: [[z0, z1]], labels: [y] };
      const { loss } = ask("hinge", { logits: [z1 - z0], labels: [2 * y - 1] });
      expect(ask("multiclass_hinge", request).loss).toBe(loss);
      expect(ask("multi_margin", request).loss).toBe(loss / 2);
    }),
  );
});

test("a label whose class does not exist is an infinite loss, with finite gradients where no square grows them", () => {
  const request = { logits: [[1, 2, "-Infinity"]], labels: [2], reduction: "none" };
  for (const [loss, gradients] of [
    ["multiclass_hinge", [0, 1, -1]],
    ["multi_margin", [1 / 2, 1 / 2, -1]],
  ] as const) {
    expect(ask(loss, request)).toMatchObject({ losses: [Number.POSITIVE_INFINITY], gradients: [gradients] });
  }
  const focal = ask("softmax_focal", request);
  expect(focal.losses).toEqual([Number.POSITIVE_INFINITY]);
  expect(flat(focal.gradients).reduce((sum, g) => sum + g, 0)).toBeCloseTo(0, 15);
});

test("multi_margin's class weight is that of the label's class, and counts in a mean over weights", () => {
  const request = {
    logits: [
      [0, 0, 0],
      [0, 0, 0],
    ],
    labels: [0, 1],
    class_weights: [3, 6, 1],
    mean_over: "weights",
  };
  expect(ask("multi_margin", request)).toMatchObject({ losses: [2, 4], weight_sum: 9, loss: 2 / 3 });
});

describe.each(losses.filter((loss) => loss.labels === "class").map(({ name }) => name))("%s", (name) => {
  const logits = [
    [2, 1, 0.1],
    [0.5, 0.2, -1],
  ];

  test.each([[[0.5, 0.5, 0]], [[0, 0, 0]], [[0, 0.9995, 0]], [[1, 1, 0]]])(
    "refuses the row %j, by its place",
    (soft) => {
      const labels = [[0, 1, 0], soft];
      expect(() => ask(name, { logits, labels })).toThrow("/labels/1: is no one-hot row");
      const masked = ask(name, { logits, labels, mask: [true, false] });
      expect(masked.loss).toBe(ask(name, { logits: logits.slice(0, 1), labels: [1] }).loss);
    },
  );

  test("says whether the label's class is the first best", () => {
    const { accuracy } = ask(name, {
      logits,
      labels: [
        [0, 1, 0],
        [1, 0, 0],
      ],
      outputs: ["accuracy"],
    });
    expect(accuracy).toEqual({ correct: [0, 1], mean: 0.5 });
  });
});

test("a list of one number a class must have as many as there are classes", () => {
  expect(() => ask("softmax_focal", { logits: [[2, 1, 0.1]], labels: [1], alpha: [1, 2] })).toThrow(
    "/alpha: has 2 numbers, but the rows have 3 classes",
  );
  expect(ask("softmax_focal", { logits: [], labels: [], alpha: [1, 2] }).loss).toBe(0);
});
