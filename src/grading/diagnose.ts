import { numbersOf } from "./compare.ts";
import { closenessOf, type Fit, fit, matches } from "./fit.ts";
import { findKinks } from "./kinks.ts";
import { type Localisation, localise } from "./localise.ts";
import type { Factors, Mistake } from "./mistake.ts";
import type { Multiplier, Predicted } from "./predict.ts";
import { type Numbers, type OutputName, outputNames } from "./sample.ts";
import type { Tolerance } from "./tolerance.ts";

/** One case and what a submission claims for it. */
export interface Claimed {
  readonly predicted: Predicted;
  readonly claims: Numbers;
  readonly tolerances: Readonly<Record<OutputName, Tolerance>>;
}

export interface Candidate {
  readonly id: string;
  /** A second mistake at once. */
  readonly also?: string;
  /** As a reader calls the multiplier, where there is one. */
  readonly factor?: string;
  /** The same multiplier on loss and gradient is a convention; anything else is a bug. */
  readonly kind: "convention" | "bug";
  readonly outputs: readonly OutputName[];
}

export interface Diagnosis {
  readonly status: "confirmed" | "likely" | "weak" | "ambiguous" | "none";
  readonly candidates: readonly Candidate[];
  /** Where the wrong numbers are, when none of the mistakes gives them. */
  readonly localisation: readonly Localisation[];
}

/** So many numbers that agree with a wrong formula and not with the right one are no accident. */
const numbersMin = 3;

/** A way to be wrong, and what speaks for it. */
interface Hypothesis {
  readonly mistakes: readonly Mistake[];
  readonly factor: string | undefined;
  readonly factors: Factors;
  readonly outputs: Set<OutputName>;
  /** Evidence by the shape of the case that gave it. */
  readonly evidence: Map<string, number>;
}

/** Names the mistakes whose numbers a submission's are: on every output of every case. */
export function diagnose(cases: readonly Claimed[]): Diagnosis {
  const [first, ...others] = cases.map(explanations);
  const joint = others.reduce((left, right) => intersect(left, right), first ?? new Map<string, Hypothesis>());
  const explaining = [...joint.values()].filter(({ outputs }) => outputs.size > 0);
  const fewest = Math.min(...explaining.map(({ mistakes }) => mistakes.length));
  const best = explaining.filter(({ mistakes }) => mistakes.length === fewest);
  if (best.length === 0) return { status: "none", candidates: [], localisation: cases.flatMap(localise) };
  const candidates = best.map(candidateOf);
  return { status: best.length > 1 ? "ambiguous" : statusOf(best[0]!), candidates, localisation: [] };
}

function statusOf({ evidence }: Hypothesis): Diagnosis["status"] {
  const numbers = [...evidence.values()];
  if (numbers.filter((count) => count >= numbersMin).length >= 2) return "confirmed";
  return numbers.reduce((sum, count) => sum + count, 0) >= numbersMin ? "likely" : "weak";
}

function candidateOf({ mistakes, factor, factors, outputs }: Hypothesis): Candidate {
  const { loss = 1, gradients = 1 } = factors;
  const [one, two] = mistakes.map(({ id }) => id);
  const consistent = factor !== undefined && mistakes.length === 1 && loss === gradients;
  return {
    id: one!,
    ...(two !== undefined && { also: two }),
    ...(factor !== undefined && { factor }),
    kind: consistent ? "convention" : "bug",
    outputs: outputNames.filter((output) => outputs.has(output)),
  };
}

/** Every way to be wrong that gives all of one case's claims, by the ids of its mistakes. */
function explanations(claimed: Claimed): Map<string, Hypothesis> {
  const { predicted, claims, tolerances } = claimed;
  const { sample } = predicted;
  const kinks = new Set(findKinks(sample).keys());
  const claimedOutputs = outputNames.filter(
    (output) => claims[output] !== undefined && sample.right[output] !== undefined,
  );
  const found = new Map<string, Hypothesis>();
  const bases = [{ mistake: undefined, numbers: sample.right as Numbers }, ...predicted.predictions];
  const multipliers: (Multiplier | undefined)[] = [undefined, ...predicted.multipliers];
  for (const { mistake, numbers } of bases) {
    const fits = fitsOf(claims, numbers, claimedOutputs);
    for (const multiplier of multipliers) {
      const mistakes = [mistake, multiplier?.mistake].filter((entry) => entry !== undefined);
      const factors = multiplier?.factors ?? {};
      if (!claimedOutputs.every((output) => isNear(fits[output]!, factors[output] ?? 1, tolerances[output]))) continue;
      const outputs = new Set<OutputName>();
      let evidence = 0;
      const explains = claimedOutputs.every((output) => {
        const match = matches(sample, claims, numbers, output, factors[output] ?? 1, tolerances[output], kinks);
        if (match.evidence > 0) outputs.add(output);
        evidence += match.evidence;
        return match.matches;
      });
      if (!explains) continue;
      const key = mistakes.map(({ id }) => id).join(" and ");
      const factor = multiplier?.mistake.factor;
      const before = found.get(key);
      if (before && sum(before.evidence) >= evidence) continue;
      const shape = `${sample.examples}×${sample.classes}`;
      found.set(key, { mistakes, factor, factors, outputs, evidence: new Map([[shape, evidence]]) });
    }
  }
  return found;
}

function fitsOf(claims: Numbers, numbers: Numbers, outputs: readonly OutputName[]): Partial<Record<OutputName, Fit>> {
  return Object.fromEntries(
    outputs.map((output) => [output, fit(numbersOf(claims[output])!, numbersOf(numbers[output])!)]),
  );
}

/** A first look that spares most comparisons: what is no near multiple cannot agree entry by entry. */
function isNear({ factor, residual }: Fit, expected: number, tolerance: Tolerance): boolean {
  // Zeros, NaN and infinities have no direction: only the entries decide.
  if (!Number.isFinite(factor) || !Number.isFinite(residual)) return true;
  const close = 100 * closenessOf(tolerance);
  return residual <= close && Math.abs(factor - expected) <= close * Math.abs(expected);
}

/** What explains both: a hypothesis has to hold for every case. */
function intersect(left: Map<string, Hypothesis>, right: Map<string, Hypothesis>): Map<string, Hypothesis> {
  const both = new Map<string, Hypothesis>();
  for (const [key, one] of left) {
    const other = right.get(key);
    if (!other) continue;
    const evidence = new Map(one.evidence);
    for (const [shape, count] of other.evidence) evidence.set(shape, (evidence.get(shape) ?? 0) + count);
    both.set(key, { ...one, outputs: new Set([...one.outputs, ...other.outputs]), evidence });
  }
  return both;
}

function sum(evidence: ReadonlyMap<string, number>): number {
  return [...evidence.values()].reduce((total, count) => total + count, 0);
}
