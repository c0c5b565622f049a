// Programs as students write them, right and wrong: README.md in this folder says how they were made.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findMistake } from "#lossd/grading/mistakes/catalogue.js";
import { hasName, judge, programs } from "./count.ts";

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

describe.each(["open", "held"])("of the programs that are %s", (half) => {
  const verdicts = programs.filter((one) => one.half === half).map(judge);
  const ids = (holds: (one: (typeof verdicts)[number]) => boolean) =>
    verdicts.filter(holds).map(({ program }) => program.id);

  test("no right output fails, and no wrong one passes", () => {
    expect(ids(({ injustices }) => injustices.length > 0)).toEqual([]);
    expect(ids(({ leaks }) => leaks.length > 0)).toEqual([]);
  });

  test("nothing untrue is said of one", () => {
    expect(ids(({ accusations }) => accusations.length > 0)).toEqual([]);
  });

  test("those with a name get it, three of four and more", () => {
    const nameable = verdicts.filter(({ program }) => hasName(program));
    expect(nameable.filter(({ named }) => named).length / nameable.length).toBeGreaterThan(0.8);
  });
});
