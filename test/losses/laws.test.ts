// What every loss must hold, whatever its formula: a new loss is covered without an edit here.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { batch, gentleLogit } from "../harness/arbitraries.js";
import { ask, askText, flat } from "../harness/ask.js";
import { ulps } from "../harness/ulp.js";

const step = 1e-5;

/** Replaces the number at place `flat` of nested rows. */
function nudge(logits: unknown[], place: number, by: number): unknown[] {
  let seen = 0;
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    return seen++ === place ? (value as number) + by : value;
  };
  return logits.map(visit);
}

describe.each(losses.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  test("its gradient is the finite difference of its loss", () => {
    fc.assert(
      fc.property(batch(loss, gentleLogit), fc.nat(), ({ request, examples, classes }, pick) => {
        const place = pick % (examples * classes);
        const gradient = flat(ask(name, request).gradients)[place]!;
        const [down, here, up] = [-step, 0, step].map(
          (by) => ask(name, { ...request, logits: nudge(request.logits, place, by) }).loss,
        );
        const left = (here! - down!) / step;
        const right = (up! - here!) / step;
        // Between the one-sided slopes, which differ at a kink; off by what differences lose.
        const slack = 1e-4 * (1 + Math.abs(gradient)) + Math.abs(right - left) * 0.51;
        expect(Math.abs((left + right) / 2 - gradient)).toBeLessThanOrEqual(slack);
      }),
    );
  });

  test("its mean times the denominator is its sum, and the sum is the sum of its losses", () => {
    fc.assert(
      fc.property(batch(loss), ({ request, examples }) => {
        const mean = ask(name, request);
        const sum = ask(name, { ...request, reduction: "sum" });
        expect(mean.denominator).toBe(examples);
        expect(mean.loss).toBe(mean.loss_sum / mean.denominator);
        expect(sum.loss).toBe(mean.loss_sum);
        expect(sum.losses).toEqual(mean.losses);
        const naive = flat(mean.losses).reduce((total, loss) => total + loss, 0);
        const size = flat(mean.losses).reduce((total, loss) => total + Math.abs(loss), 0);
        if (Number.isFinite(size)) expect(Math.abs(naive - mean.loss_sum)).toBeLessThanOrEqual(1e-15 * size * examples);
      }),
    );
  });

  test("permuted examples give permuted answers, and the same reduced loss to the bit", () => {
    fc.assert(
      fc.property(batch(loss), fc.infiniteStream(fc.nat()), ({ request, examples }, stream) => {
        const keys = [...Array(examples).keys()].map((i) => [stream.next().value!, i] as const);
        const order = keys.sort((a, b) => a[0] - b[0]).map(([, i]) => i);
        const permute = <T>(values: T[]) => order.map((i) => values[i]!);
        const straight = ask(name, request);
        const shuffled = ask(name, { ...request, logits: permute(request.logits), labels: permute(request.labels) });
        expect(shuffled.loss).toBe(straight.loss);
        expect(shuffled.losses).toEqual(permute(straight.losses as number[]));
        expect(shuffled.gradients).toEqual(permute(straight.gradients as number[]));
      }),
    );
  });

  test("a sample weight multiplies the example's loss and gradient, and 0 makes them 0", () => {
    fc.assert(
      fc.property(batch(loss), fc.constantFrom(0, 0.5, 1, 4), ({ request, examples }, weight) => {
        const plain = ask(name, { ...request, reduction: "none" });
        const weights = Array(examples).fill(weight);
        const weighted = ask(name, { ...request, reduction: "none", sample_weights: weights });
        // A power of two times a number is exact. What is tiny is computed once more under a weight, with digits that the
        // plain one has lost: below the doubles, or in a divergence's difference of logarithms.
        const times = (v: number) => (weight === 0 ? 0 : v * weight);
        const hasTinyShare = (request.labels as unknown[]).some((y) => typeof y === "number" && y > 0 && y < 1e-150);
        const lost = loss.family === "divergence" ? 1e-14 : 1e-189;
        const agree = (got: number, single: number, units: number) => {
          if (Math.abs(single) < 1e-190) expect(Math.abs(got)).toBeLessThan(lost);
          else expect(ulps(got, times(single))).toBeLessThanOrEqual(hasTinyShare ? 6 : units);
        };
        flat(plain.losses).forEach((single, i) => {
          agree(flat(weighted.losses)[i]!, single, 0);
        });
        flat(plain.gradients).forEach((gradient, i) => {
          agree(flat(weighted.gradients)[i]!, gradient, 1);
        });
      }),
    );
  });

  test("a masked example counts as if it were not there, whatever it holds", () => {
    fc.assert(
      fc.property(batch(loss), fc.nat(), ({ request, examples, classes }, pick) => {
        const out = pick % examples;
        const without = <T>(values: T[]) => values.filter((_, i) => i !== out);
        const junk = loss.kind === "rowwise" ? Array(classes).fill("NaN") : "NaN";
        const logits = request.logits.map((value, i) => (i === out ? junk : value));
        const masked = ask(name, { ...request, logits, mask: request.logits.map((_, i) => i !== out) });
        const dropped = ask(name, { ...request, logits: without(request.logits), labels: without(request.labels) });
        expect(masked.loss).toBe(dropped.loss);
        expect(masked.valid_count).toBe(examples - 1);
        expect(masked.ignored_count).toBe(1);
        expect(without(masked.losses as number[])).toEqual(dropped.losses);
        expect(without(masked.gradients as number[])).toEqual(dropped.gradients);
        expect(flat((masked.gradients as number[][])[out]!).every((g) => g === 0)).toBe(true);
      }),
    );
  });

  test("no reply of a finite input holds NaN or a negative zero", () => {
    fc.assert(
      fc.property(batch(loss), ({ request }) => {
        expect(askText(name, request)).not.toMatch(/NaN|-0[,\]}]/);
      }),
    );
  });

  test("the same request gives the same bytes, also after other requests", () => {
    fc.assert(
      fc.property(batch(loss), batch(loss), ({ request }, other) => {
        const first = askText(name, request);
        ask(name, other.request);
        expect(askText(name, request)).toBe(first);
      }),
    );
  });

  test("an empty batch has loss 0 and denominator 0, or is an error if the caller wants one", () => {
    const request = { logits: [], labels: [] };
    expect(ask(name, request)).toMatchObject({ loss: 0, losses: [], gradients: [], denominator: 0, valid_count: 0 });
    expect(() => ask(name, { ...request, on_empty: "error" })).toThrow("the denominator is 0");
  });

  test("its examples answer, under its name and every alias", () => {
    for (const example of loss.examples) {
      const text = askText(name, example.request);
      for (const alias of loss.aliases) expect(askText(alias, example.request)).toBe(text);
    }
  });
});
