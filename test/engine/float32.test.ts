// FP32 in and out, float64 inside: each result is the double's, rounded once.
import { describe, expect, test } from "vitest";
import { compute } from "#lossd/index.js";
import { losses } from "#lossd/losses/registry.js";
import { bodiesOf } from "../determinism/digests.ts";
import { type Float32Request, float32Request, numbersOf, toFloat32, widened } from "../determinism/float32.ts";
import { Random } from "../determinism/random.ts";

/** What stays a double: counts, weights and what a mean divides by. */
const doubles = /^\/(denominator|weight_sum|\w+_count)$/;

const ask = (name: string, request: Float32Request) => numbersOf(compute(name as string, request as never));

/** Rows of cross_entropy leave out the last digits of the doubles, which decide a rounding once in 10,000 times at most. */
const short = new Set(["cross_entropy"]);

const bits = new Int32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** The place of a float32 in the order of all of them: neighbours differ by 1. */
function placeOf(value: number): number {
  asFloat[0] = value;
  return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!;
}

/** Fails where two float32 differ by more than a unit in the last place; returns whether they differ. */
function differ(found: number, expected: number, what: string): boolean {
  if (Object.is(found, expected)) return false;
  expect(Math.abs(placeOf(found) - placeOf(expected)), what).toBeLessThanOrEqual(1);
  return true;
}

describe.each(losses.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  const requests = bodiesOf(loss)
    .filter((_, number) => number % 5 === 0)
    .map(float32Request);

  test("gives for a float32 input the double's results, rounded once, without -0", () => {
    let numbers = 0,
      different = 0;
    for (const request of requests) {
      const expected = ask(name, widened(request));
      for (const [at, [path, data]] of ask(name, request).entries()) {
        // A double beyond the largest float32 is an infinity only when it is rounded.
        if (path === "/nonfinite_count") continue;
        expect(expected[at]![0]).toBe(path);
        data.forEach((value, i) => {
          const wide = expected[at]![1][i]!;
          const what = `${path}, number ${i}`;
          numbers++;
          if (doubles.test(path)) expect(value, what).toBe(wide);
          else if (differ(value, Math.fround(wide) + 0, what)) different++;
        });
      }
    }
    expect(different).toBeLessThanOrEqual(short.has(name) ? numbers * 1e-4 : 0);
  });

  test("takes labels and weights of either type", () => {
    for (const request of requests.slice(0, 50)) {
      const typed = Object.fromEntries(
        ["labels", "sample_weights", "class_weights"].flatMap((field) => {
          const values = request[field];
          const flat = Array.isArray(values) && values.every((value) => typeof value === "number");
          return flat ? [[field, values.map((value) => Math.fround(toFloat32(value)))]] : [];
        }),
      ) as Record<string, number[]>;
      const of = (kind: typeof Float32Array | typeof Float64Array) =>
        Object.fromEntries(Object.entries(typed).map(([field, values]) => [field, kind.from(values)]));
      expect(ask(name, { ...request, ...of(Float32Array) })).toEqual(ask(name, { ...request, ...of(Float64Array) }));
    }
  });
});

test("wide rows of float32 are correctly rounded but for 1 number in 10,000, and never off by more than a unit", () => {
  const random = new Random("wide rows");
  const [rows, classes] = [100, 1003];
  const logits = Float32Array.from({ length: rows * classes }, () => random.between(-12, 12));
  const labels = random.list(rows, () => random.below(classes));
  const request = { labels, reduction: "sum", outputs: ["losses", "gradients", "probabilities"] } as const;
  const shape = [rows, classes];
  const found = compute("cross_entropy", { ...request, logits: { shape, data: logits } });
  const wide = compute("cross_entropy", { ...request, logits: { shape, data: Float64Array.from(logits) } });
  let different = 0;
  for (const output of ["losses", "gradients", "probabilities"] as const) {
    found[output]!.data.forEach((value, i) => {
      if (differ(value, Math.fround(wide[output]!.data[i]!), `${output} ${i}`)) different++;
    });
  }
  expect(different).toBeLessThanOrEqual(2 * rows * classes * 1e-4);
});
