// FP32 in and out, float64 inside: each result is the double's, rounded once.
import { describe, expect, test } from "vitest";
import { compute } from "#lossd/index.js";
import { losses } from "#lossd/losses/registry.js";
import { bodiesOf } from "../determinism/digests.ts";
import { type Float32Request, float32Request, numbersOf, toFloat32, widened } from "../determinism/float32.ts";

/** What stays a double: counts, weights and what a mean divides by. */
const doubles = /^\/(denominator|weight_sum|\w+_count)$/;

const ask = (name: string, request: Float32Request) => numbersOf(compute(name as string, request as never));

describe.each(losses.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  const requests = bodiesOf(loss)
    .filter((_, number) => number % 5 === 0)
    .map(float32Request);

  test("gives for a float32 input the double's results, rounded once, without -0", () => {
    for (const request of requests) {
      const wide = ask(name, widened(request));
      const counts = (path: string) => path === "/nonfinite_count";
      const expected = wide
        .filter(([path]) => !counts(path))
        .map(([path, data]) => [path, doubles.test(path) ? [...data] : [...data].map((v) => Math.fround(v) + 0)]);
      const found = ask(name, request).filter(([path]) => !counts(path));
      expect(
        found.map(([path, data]) => [path, [...data]]),
        JSON.stringify(request),
      ).toEqual(expected);
    }
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
