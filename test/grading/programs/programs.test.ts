// Programs as students write them, right and wrong: README.md in this folder says how they were made.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findMistake } from "#lossd/grading/mistakes/catalogue.js";
import { hasName, programs } from "./count.ts";

test("there are hundreds of programs with a name and of right ones, in both halves", () => {
  for (const half of ["open", "held"]) {
    const own = programs.filter((one) => one.half === half);
    expect(own.filter(hasName).length).toBeGreaterThan(400);
    expect(own.filter(({ wrong }) => wrong.length === 0).length).toBeGreaterThan(150);
  }
});

test("what is true of a slip is in the catalogue", () => {
  const names = JSON.parse(readFileSync(`${import.meta.dirname}/names.json`, "utf8")) as Record<string, string[]>;
  const ids = Object.values(names).flatMap((alternatives) => alternatives.flatMap((one) => one.split(" + ")));
  expect(ids.filter((id) => id !== "shape" && !findMistake(id))).toEqual([]);
});
