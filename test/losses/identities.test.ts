// What holds between losses, and the seed text's own statements.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findLoss, losses } from "#lossd/losses/registry.js";
import { batch, distribution, gentleLogit, logit } from "../harness/arbitraries.js";
import { ask, flat } from "../harness/ask.js";
import { ulps } from "../harness/ulp.js";

const rowwise = losses.filter((loss) => loss.kind === "rowwise");
const decomposable = losses.filter((loss) => loss.supports.decomposition);
const oneHot = (labels: unknown[], classes: number) =>
  labels.map((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)));

const ofClasses = rowwise.filter((loss) => loss.labels !== "distribution");

describe.each(ofClasses.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  test("a class index, a one-hot row and a soft row that is one-hot give the same bits", () => {
    fc.assert(
      fc.property(batch(loss, logit, "index"), ({ request, classes }) => {
        const { ignore_index: _, ...rest } = request as Record<string, unknown>;
        const byIndex = ask(name, rest);
        const byRow = ask(name, { ...rest, labels: oneHot(request.labels, classes) });
        expect(byRow).toEqual(byIndex);
      }),
    );
  });
});

describe.each(rowwise.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  test("adding a constant to a row's logits changes nothing", () => {
    const grid = fc.integer({ min: -2048, max: 2048 }).map((k) => k / 256);
    fc.assert(
      fc.property(batch(loss, grid), fc.integer({ min: -4096, max: 4096 }), ({ request }, shift) => {
        const shifted = (request.logits as number[][]).map((row) => row.map((z) => z + shift));
        expect(ask(name, { ...request, logits: shifted })).toEqual(ask(name, request));
      }),
    );
  });

  test("a row's gradients sum to 0 but for rounding", () => {
    fc.assert(
      fc.property(batch(loss, gentleLogit), ({ request }) => {
        for (const row of ask(name, request).gradients as number[][]) {
          const size = row.reduce((sum, g) => sum + Math.abs(g), 0);
          expect(Math.abs(row.reduce((sum, g) => sum + g, 0))).toBeLessThanOrEqual(1e-15 * (1 + 8 * size));
        }
      }),
    );
  });
});

describe.each(decomposable.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  test("cross-entropy is entropy plus KL divergence, and KL is never negative", () => {
    fc.assert(
      fc.property(batch(loss, gentleLogit), ({ request }) => {
        const { decomposition, losses: own } = ask(name, {
          ...request,
          reduction: "none",
          outputs: ["losses", "decomposition"],
        });
        const [ce, h, kl] = [decomposition.cross_entropy, decomposition.entropy, decomposition.kl_divergence].map(flat);
        expect(ce).toEqual(flat(own));
        ce!.forEach((value, i) => {
          expect(kl![i]).toBeGreaterThanOrEqual(0);
          expect(h![i]).toBeGreaterThanOrEqual(0);
          expect(Math.abs(value - h![i]! - kl![i]!)).toBeLessThanOrEqual(4e-15 * Math.max(1, value));
        });
      }),
    );
  });
});

test("a class index has entropy 0, and its KL divergence is the loss to the bit", () => {
  fc.assert(
    fc.property(batch(findLoss("cross_entropy")!, logit, "index"), ({ request }) => {
      const { label_smoothing: _, ...rest } = request as Record<string, unknown>;
      const { decomposition } = ask("cross_entropy", { ...rest, outputs: ["decomposition"] });
      expect(flat(decomposition.entropy).every((h) => h === 0)).toBe(true);
      expect(decomposition.kl_divergence).toEqual(decomposition.cross_entropy);
    }),
  );
});

test("a student equal to its teacher has a KL divergence below the last digit of its cross-entropy", () => {
  fc.assert(
    fc.property(distribution(4), (p) => {
      const { decomposition } = ask("cross_entropy", {
        logits: p.map(Math.log),
        labels: p,
        outputs: ["decomposition"],
      });
      expect(decomposition.kl_divergence).toBeLessThanOrEqual(1e-30);
    }),
  );
});

test("focal with gamma 0 is binary_cross_entropy", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(logit, fc.constantFrom(0, 1)), { minLength: 1 }), (pairs) => {
      const request = { logits: pairs.map(([z]) => z), labels: pairs.map(([, y]) => y) };
      const bce = ask("binary_cross_entropy", request);
      const focal = ask("focal", { ...request, gamma: 0 });
      expect(focal.losses).toEqual(bce.losses);
      flat(focal.gradients).forEach((g, i) => {
        expect(ulps(g, flat(bce.gradients)[i]!)).toBeLessThanOrEqual(2);
      });
    }),
  );
});

test("cross_entropy over two classes is binary_cross_entropy of the difference of the logits", () => {
  const grid = fc.integer({ min: -200_000, max: 200_000 }).map((k) => k / 256);
  fc.assert(
    fc.property(grid, grid, fc.constantFrom(0, 1), (z0, z1, y) => {
      const rows = ask("cross_entropy", { logits: [[z0, z1]], labels: [y] });
      const pairs = ask("binary_cross_entropy", { logits: [z1 - z0], labels: [y] });
      expect(ulps(rows.loss, pairs.loss)).toBeLessThanOrEqual(3);
      expect(ulps((rows.gradients as number[][])[0]![1]!, flat(pairs.gradients)[0]!)).toBeLessThanOrEqual(4);
    }),
  );
});

test("binary_cross_entropy is a proper scoring rule: the expected loss is least where the prediction is the truth", () => {
  const grid = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  for (const truth of grid) {
    const { losses: expected } = ask("binary_cross_entropy", { probabilities: grid, labels: grid.map(() => truth) });
    const least = Math.min(...flat(expected));
    expect(grid[flat(expected).indexOf(least)]).toBe(truth);
  }
});

test("hinge is 0 from the margin on, has slope -y before it, and 0 at it", () => {
  const { losses: values, gradients } = ask("hinge", { logits: [0.5, 1, 1.5], labels: [1, 1, 1], reduction: "none" });
  expect(values).toEqual([0.5, 0, 0]);
  expect(gradients).toEqual([-1, 0, 0]);
});

test("a confident and wrong prediction gets about 11 times the gradient from cross-entropy that it gets from squared error", () => {
  const request = { logits: [3], labels: [0] };
  const ratio =
    flat(ask("binary_cross_entropy", request).gradients)[0]! / flat(ask("mse_sigmoid", request).gradients)[0]!;
  expect(ratio).toBeCloseTo(11.07, 2);
});
