// What every loss must hold, whatever its formula: a new loss is covered without an edit here.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { batch, type Drawn, gentleLogit } from "../harness/arbitraries.js";
import { ask, askText, flat } from "../harness/ask.js";
import { unitsApart } from "../harness/ulp.js";

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

/** Whether a label or an option is tiny: it may be lost among the weights. */
function hasTiny({ logits: _, ...factors }: Drawn["request"]): boolean {
  const isTiny = (x: unknown) => typeof x === "number" && x > 0 && x < 1e-140;
  return Object.values(factors).flat(2).some(isTiny);
}

interface Weighing {
  readonly loss: Loss;
  readonly weight: number;
  readonly hasTinyFactor: boolean;
  /** The label's share that a gradient is a difference from. */
  readonly share?: number;
}

/**
 * A power of two times a number is exact. What is tiny is computed once more under a weight: then both are right to six
 * units in the last place.
 */
function expectWeighted(got: number, single: number, { loss, weight, hasTinyFactor, share = 0 }: Weighing): void {
  const want = weight === 0 ? 0 : single * weight;
  if (weight === 0 || weight === 1 || (!hasTinyFactor && Math.abs(single) >= 1e-270)) {
    expect(got).toBe(want);
  } else if (loss.family === "divergence" && single === 0) {
    // A difference of logarithms is 0 where they are the same to the last digit.
    expect(Math.abs(got)).toBeLessThanOrEqual(6 * Number.EPSILON * weight);
  } else {
    // Below the normal doubles a unit does not shrink with the number: the weight multiplies the plain one's error.
    const units = Math.abs(want) < 2 ** -1020 ? 6 + 6 * weight : 6;
    expect(unitsApart(got, want, Math.max(Math.abs(want), share * weight))).toBeLessThanOrEqual(units);
  }
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
        const hasTinyFactor = hasTiny(request);
        flat(plain.losses).forEach((single, i) => {
          expectWeighted(flat(weighted.losses)[i]!, single, { loss, weight, hasTinyFactor });
        });
        const shares = loss.kind === "rowwise" ? flat(request.labels as number[]) : [];
        flat(plain.gradients).forEach((single, i) => {
          const share = (shares[i] ?? 0) / ((request as { temperature?: number }).temperature ?? 1);
          expectWeighted(flat(weighted.gradients)[i]!, single, { loss, weight, hasTinyFactor, share });
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
