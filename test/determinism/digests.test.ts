// A change of any answer is a decision: it shows here by loss, is written with `npm run digest -- --write` and noted in CHANGELOG.md.
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { answersPerLoss, bodiesOf, committed, compute } from "./digests.ts";

test("every loss has a digest, and every digest a loss", () => {
  const files = readdirSync(new URL("digests/", import.meta.url)).map((file) => file.replace(/\.json$/, ""));
  expect(files.sort()).toEqual(losses.map(({ name }) => name));
});

test("the digests hold at least 10,000 answers", () => {
  const counts = losses.map(({ name }) => committed(name)?.answers ?? 0);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(10_000);
});

describe.each(losses.map((loss) => ({ name: loss.name, loss })))("$name", ({ name, loss }) => {
  const texts = bodiesOf(loss);

  test("gives the answers of its committed digest", () => {
    const help = `npm run digest -- --show ${name} prints its answers, npm run digest -- --write writes a new loss's digest`;
    expect(compute(loss, texts), help).toEqual(committed(name));
  });

  test("is asked in every way that it can be", () => {
    const bodies = texts.map((body) => JSON.parse(body) as Record<string, unknown>);
    expect(bodies).toHaveLength(answersPerLoss);
    const fields = new Set(bodies.flatMap((body) => Object.keys(body)));
    for (const option of Object.keys(loss.options.properties)) expect(fields).toContain(option);
    for (const field of ["sample_weights", "mask", "reduction", "mean_over", "outputs"])
      expect(fields).toContain(field);
    expect(fields.has("probabilities")).toBe(loss.supports.probabilities);
    expect(fields.has("class_mask")).toBe(loss.kind === "rowwise");
    expect(fields.has("label_logits")).toBe(loss.labels === "distribution");
    const text = JSON.stringify(bodies);
    expect(text.includes('"-Infinity"')).toBe(loss.infiniteLogits);
  });
});
