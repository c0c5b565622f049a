import { numbersOf } from "./compare.ts";
import { closenessOf, type Fit, fitMultiple, matches } from "./fit.ts";
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

/** One wrong implementation: a mistake's variants are told apart, because a case may show one and not the other. */
interface Variant {
  readonly mistake: Mistake;
  readonly variant: number;
}

/** A way to be wrong in one case, and how many numbers speak for it. */
interface Explanation {
  readonly mistakes: readonly Variant[];
  readonly factor: string | undefined;
  readonly factors: Factors;
  readonly outputs: readonly OutputName[];
  readonly evidence: number;
}

/** What explains one case, by the names of its variants, and the variants that the case can show at all. */
interface Explained {
  readonly size: string;
  readonly shown: ReadonlySet<string>;
  readonly by: ReadonlyMap<string, Explanation>;
}

/** A way to be wrong in every case. */
interface Hypothesis extends Omit<Explanation, "evidence" | "outputs"> {
  readonly outputs: ReadonlySet<OutputName>;
  /** Numbers by the size of the case that holds them. */
  readonly evidence: ReadonlyMap<string, number>;
}

/** Names the mistakes whose numbers a submission's are: on every output of every case. */
export function diagnose(cases: readonly Claimed[]): Diagnosis {
  const explained = cases.map(explain);
  const explaining = suspects(explained).flatMap((mistakes) => {
    const hypothesis = hold(mistakes, explained);
    return hypothesis && hypothesis.outputs.size > 0 ? [hypothesis] : [];
  });
  const fewest = Math.min(...explaining.map(({ mistakes }) => mistakes.length));
  const best = explaining.filter(({ mistakes }) => mistakes.length === fewest);
  if (best.length === 0) return { status: "none", candidates: [], localisation: cases.flatMap(localise) };
  const candidates = new Map(best.map((hypothesis) => [idsOf(hypothesis), candidateOf(hypothesis)]));
  const status = candidates.size > 1 ? "ambiguous" : statusOf(best[0]!);
  return { status, candidates: [...candidates.values()], localisation: [] };
}

const nameOf = ({ mistake, variant }: Variant) => `${mistake.id} ${variant}`;
const keyOf = (mistakes: readonly Variant[]) => mistakes.map(nameOf).join(" and ");
const idsOf = ({ mistakes }: Hypothesis) => mistakes.map(({ mistake }) => mistake.id).join(" and ");

/** The sets of mistakes that explain some case, and those that only two cases together show. */
function suspects(explained: readonly Explained[]): (readonly Variant[])[] {
  const sets = new Map<string, readonly Variant[]>();
  const add = (mistakes: readonly Variant[]) => sets.set(keyOf(mistakes), mistakes);
  for (const { by } of explained) for (const { mistakes } of by.values()) add(mistakes);
  const singles = [...new Map([...sets.values()].flat().map((single) => [nameOf(single), single])).values()];
  for (const shape of singles.filter(({ mistake }) => mistake.kind !== "factor")) {
    for (const factor of singles.filter(({ mistake }) => mistake.kind === "factor")) add([shape, factor]);
  }
  return [...sets.values()].filter((mistakes) => mistakes.length > 0);
}

/** Whether these mistakes explain every case: one that cannot show some of them is explained by the rest. */
function hold(mistakes: readonly Variant[], explained: readonly Explained[]): Hypothesis | undefined {
  const outputs = new Set<OutputName>();
  const evidence = new Map<string, number>();
  const seen = new Set<string>();
  let telling: Explanation | undefined;
  for (const { size, shown, by } of explained) {
    const visible = mistakes.filter((one) => shown.has(nameOf(one)));
    const explanation = by.get(keyOf(visible));
    if (!explanation) return undefined;
    for (const one of visible) seen.add(nameOf(one));
    for (const output of explanation.outputs) outputs.add(output);
    if (visible.length === mistakes.length) telling ??= explanation;
    if (explanation.evidence > 0) evidence.set(size, (evidence.get(size) ?? 0) + explanation.evidence);
  }
  if (seen.size < mistakes.length) return undefined;
  return { mistakes, factor: telling?.factor, factors: telling?.factors ?? {}, outputs, evidence };
}

function statusOf({ evidence }: Hypothesis): Diagnosis["status"] {
  const numbers = [...evidence.values()];
  if (numbers.filter((count) => count >= numbersMin).length >= 2) return "confirmed";
  return numbers.reduce((sum, count) => sum + count, 0) >= numbersMin ? "likely" : "weak";
}

function candidateOf({ mistakes, factor, factors, outputs }: Hypothesis): Candidate {
  const { loss = 1, gradients = 1 } = factors;
  const [one, two] = mistakes.map(({ mistake }) => mistake.id);
  const consistent = factor !== undefined && mistakes.length === 1 && loss === gradients;
  return {
    id: one!,
    ...(two !== undefined && { also: two }),
    ...(factor !== undefined && { factor }),
    kind: consistent ? "convention" : "bug",
    outputs: outputNames.filter((output) => outputs.has(output)),
  };
}

/** Every way to be wrong that gives all of one case's claims; being right is the one without a mistake. */
function explain(claimed: Claimed): Explained {
  const { predicted, claims } = claimed;
  const { sample, predictions, multipliers } = predicted;
  const kinks = new Set(findKinks(sample).keys());
  const outputs = outputNames.filter((output) => claims[output] !== undefined && sample.right[output] !== undefined);
  const by = new Map<string, Explanation>();
  const right = { numbers: sample.right as Numbers };
  for (const base of [right, ...predictions]) {
    const { numbers } = base;
    const fits = fitsOf(claims, numbers, outputs);
    for (const multiplier of [undefined, ...multipliers]) {
      const found = test(claimed, numbers, fits, multiplier, outputs, kinks);
      if (!found) continue;
      const mistakes = [
        ...("mistake" in base ? [base] : []),
        ...(multiplier ? [{ mistake: multiplier.mistake, variant: 0 }] : []),
      ];
      const before = by.get(keyOf(mistakes));
      if (!before || before.evidence < found.evidence) by.set(keyOf(mistakes), { ...found, mistakes });
    }
  }
  const factors = multipliers.map(({ mistake }) => ({ mistake, variant: 0 }));
  const shown = new Set([...predictions, ...factors].map(nameOf));
  return { size: `${sample.examples}×${sample.classes}`, shown, by };
}

/** Whether every claimed output is the predicted one times its factor. */
function test(
  { predicted: { sample }, claims, tolerances }: Claimed,
  numbers: Numbers,
  fits: Partial<Record<OutputName, Fit>>,
  multiplier: Multiplier | undefined,
  outputs: readonly OutputName[],
  kinks: ReadonlySet<number>,
): Omit<Explanation, "mistakes"> | undefined {
  const factors = multiplier?.factors ?? {};
  if (!outputs.every((output) => isNear(fits[output]!, factors[output] ?? 1, tolerances[output]))) return undefined;
  const telling: OutputName[] = [];
  let evidence = 0;
  for (const output of outputs) {
    const match = matches(sample, claims, numbers, output, factors[output] ?? 1, tolerances[output], kinks);
    if (!match.matches) return undefined;
    if (match.evidence > 0) telling.push(output);
    evidence += match.evidence;
  }
  return { factor: multiplier?.mistake.factor, factors, outputs: telling, evidence };
}

function fitsOf(claims: Numbers, numbers: Numbers, outputs: readonly OutputName[]): Partial<Record<OutputName, Fit>> {
  return Object.fromEntries(
    outputs.map((output) => [output, fitMultiple(numbersOf(claims[output])!, numbersOf(numbers[output])!)]),
  );
}

/** A first look that spares most comparisons: what is no near multiple cannot agree entry by entry. */
function isNear({ factor, residual }: Fit, expected: number, tolerance: Tolerance): boolean {
  // Zeros, NaN and infinities have no direction: only the entries decide.
  if (!Number.isFinite(factor) || !Number.isFinite(residual)) return true;
  const close = 100 * closenessOf(tolerance);
  return residual <= close && Math.abs(factor - expected) <= close * Math.abs(expected);
}
