import { compareOutput, numbersOf } from "../compare/compare.ts";
import type { Evidence } from "../compare/fit.ts";
import { roundingsShown } from "../compare/printing.ts";
import { findMistake } from "../mistakes/catalogue.ts";
import type { OutputName } from "../task/sample.ts";
import type { Claimed } from "./explain.ts";
import { type Hypothesis, sizeOf } from "./hypotheses.ts";

/** Of these wrong outputs those that are right to the few digits that are claimed, and what speaks for that. */
export function findRounded(cases: readonly Claimed[], wrong: readonly OutputName[]): Hypothesis | undefined {
  const found = wrong.flatMap((output) => {
    const evidence = evidenceOf(cases, output);
    return evidence ? [{ output, evidence }] : [];
  });
  const sizes = new Set(found.flatMap(({ evidence }) => [...evidence.keys()]));
  if (sizes.size === 0) return undefined;
  const all = (size: string) =>
    found.reduce(
      (sum, { evidence }) => {
        const { numbers = 0, digits = 0 } = evidence.get(size) ?? {};
        return { numbers: sum.numbers + numbers, digits: sum.digits + digits };
      },
      { numbers: 0, digits: 0 },
    );
  return {
    mistakes: [{ mistake: findMistake("rounded-output")!, variant: 0 }],
    factor: undefined,
    factors: {},
    outputs: new Set(found.map(({ output }) => output)),
    beside: new Set(),
    evidence: new Map([...sizes].map((size) => [size, all(size)])),
  };
}

/** The numbers by the size of their case, where all of an output are the right ones rounded; undefined where they are not. */
function evidenceOf(cases: readonly Claimed[], output: OutputName): ReadonlyMap<string, Evidence> | undefined {
  const all = cases.flatMap(({ claims }) => Array.from(numbersOf(claims[output]) ?? []));
  const rounding = roundingsShown(all).find((tolerance) =>
    cases.every(
      ({ predicted, claims }) => compareOutput(predicted.sample, claims, output, tolerance).verdict === "pass",
    ),
  )?.rounding;
  if (!rounding) return undefined;
  const evidence = new Map<string, Evidence>();
  for (const { predicted, claims, tolerances } of cases) {
    const { mismatched } = compareOutput(predicted.sample, claims, output, tolerances[output]);
    const size = sizeOf(predicted.sample);
    const { numbers = 0, digits = 0 } = evidence.get(size) ?? {};
    evidence.set(size, { numbers: numbers + mismatched, digits: digits + mismatched * rounding.digits });
  }
  return evidence;
}
