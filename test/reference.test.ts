import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { mismatches, type ReferenceFile } from "./harness/reference.js";

const folder = new URL("reference/", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, ...(JSON.parse(readFileSync(new URL(name, folder), "utf8")) as ReferenceFile) }));

describe("reference answers", () => {
  it.each(losses.map(({ name }) => name))("exist for %s", (name) => {
    const cases = files.filter(({ loss }) => loss === name).flatMap((file) => file.cases);
    expect(cases.length, `test/reference/${name}.json, which generate.py writes`).toBeGreaterThan(0);
  });
});

describe.each(files)("the engine, held to $name,", (file) => {
  it.each(file.cases.map((held) => [held.name, held] as const))(
    "gives the exact answer within the allowed error: %s",
    (_, held) => {
      const found = mismatches(held, held.loss ?? file.loss ?? "");
      expect(found.slice(0, 10), `${found.length} numbers are wrong, and these the first of them`).toEqual([]);
    },
  );
});
