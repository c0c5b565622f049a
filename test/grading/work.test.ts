// A wrong formula is computed for every batch of a claim that fails: pairs of examples would take minutes.
import { describe, expect, test } from "vitest";
import { mistakes } from "#lossd/grading/mistakes/catalogue.js";
import type { Mistake } from "#lossd/grading/mistakes/mistake.js";
import type { Sample } from "#lossd/grading/task/sample.js";
import { losses } from "#lossd/losses/registry.js";
import { arithmetic, open } from "./tasks.js";

const [few, many] = [16, 128];

/** Counts what is read of a list: an index once, and a method as often as the list is long. */
function counting<T extends object & { readonly length: number }>(list: T, count: (reads: number) => void): T {
  return new Proxy(list, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value === "function") {
        return (...words: unknown[]) => {
          count(target.length);
          return value.apply(target, words);
        };
      }
      if (key !== "length") count(1);
      return value;
    },
  });
}

function readsOf(mistake: Mistake, sample: Sample): number {
  let reads = 0;
  const count = (more: number) => {
    reads += more;
  };
  const { losses: each, gradients } = sample.right;
  const right = { ...sample.right, losses: counting(each, count), gradients: counting(gradients, count) };
  const counted = { ...sample, rows: counting(sample.rows, count), right };
  if (mistake.kind === "shape") for (const variant of mistake.variants) variant(counted, arithmetic);
  if (mistake.kind === "form") for (const variant of mistake.variants) variant(right, counted);
  return reads;
}

describe.each(losses)("the mistakes of $name", ({ name, kind }) => {
  test("take work in proportion to the examples", () => {
    const samples = [few, many].map((rows) => {
      const generate = { seed: 1, rows, ...(kind === "rowwise" && { columns: 4 }) };
      return open({ loss: name, cases: [{ id: "drawn", generate }] }).cases[0]!.sample;
    });
    const dear = mistakes
      .filter((mistake) => mistake.losses.includes(name))
      .filter((mistake) => {
        const [ofFew, ofMany] = samples.map((sample) => readsOf(mistake, sample));
        return ofMany! > 2 * (many / few) * Math.max(ofFew!, 1);
      });
    expect(dear.map(({ id }) => id)).toEqual([]);
  });
});
