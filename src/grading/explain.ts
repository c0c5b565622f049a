import { numbersOf } from "./compare.ts";
import { closenessOf, type Fit, fitMultiple, matches } from "./fit.ts";
import { findKinks } from "./kinks.ts";
import { rightRegularisation, withoutRegularisation } from "./linear.ts";
import type { Factors, Mistake } from "./mistake.ts";
import { factorOf, type Multiplier, type Penalised, type Predicted, unregularised } from "./predict.ts";
import { type Numbers, type OutputName, outputNames } from "./sample.ts";
import type { Tolerance } from "./tolerance.ts";

/** One case and what a submission claims for it. */
export interface Claimed {
  readonly predicted: Predicted;
  readonly claims: Numbers;
  readonly tolerances: Readonly<Record<OutputName, Tolerance>>;
}

/** One wrong implementation: a mistake's variants are told apart, because a case may show one and not the other. */
export interface Variant {
  readonly mistake: Mistake;
  readonly variant: number;
}

/** A way to be wrong in one case, and how many numbers speak for it. */
export interface Explanation {
  readonly mistakes: readonly Variant[];
  readonly factor: string | undefined;
  readonly factors: Factors;
  readonly outputs: readonly OutputName[];
  readonly evidence: number;
}

/** What explains one case, by the names of its variants, and the variants that the case can show at all. */
export interface Explained {
  readonly size: string;
  readonly shown: ReadonlySet<string>;
  readonly by: ReadonlyMap<string, Explanation>;
}

export const nameOf = ({ mistake, variant }: Variant) => `${mistake.id} ${variant}`;
export const keyOf = (mistakes: readonly Variant[]) => mistakes.map(nameOf).join(" and ");

const single = ({ mistake }: { readonly mistake: Mistake }): Variant => ({ mistake, variant: 0 });

/** Every way to be wrong that gives all of one case's claims; being right is the one without a mistake. */
export function explain(claimed: Claimed): Explained {
  const { predicted, claims } = claimed;
  const { sample, predictions, multipliers, penalties } = predicted;
  const kinks = new Set(findKinks(sample).keys());
  const outputs = outputNames.filter((output) => claims[output] !== undefined && sample.right[output] !== undefined);
  const by = new Map<string, Explanation>();
  const right = { numbers: unregularised(sample) as Numbers };
  for (const penalty of [undefined, ...penalties]) {
    const bare = withoutPenalty(claimed, penalty);
    for (const base of [right, ...predictions]) {
      const fits = fitsOf(bare.claims, base.numbers, outputs);
      for (const multiplier of [undefined, ...multipliers]) {
        const found = test(claimed, { ...bare, prediction: base.numbers, fits, multiplier, outputs, kinks });
        if (!found) continue;
        const mistakes = [
          ...("mistake" in base ? [base] : []),
          ...(multiplier ? [single(multiplier)] : []),
          ...(penalty ? [single(penalty)] : []),
        ];
        const before = by.get(keyOf(mistakes));
        if (!before || before.evidence < found.evidence) by.set(keyOf(mistakes), { ...found, mistakes });
      }
    }
  }
  const shown = new Set([...predictions, ...multipliers.map(single), ...penalties.map(single)].map(nameOf));
  return { size: `${sample.examples}×${sample.classes}`, shown, by };
}

/** Claims and right answer, less what the right regularisation, or a wrong one, adds. */
function withoutPenalty({ predicted: { sample }, claims }: Claimed, penalty: Penalised | undefined) {
  const regularisation = penalty?.regularisation ?? rightRegularisation;
  const bare = (numbers: Numbers) =>
    sample.linear ? withoutRegularisation(sample.linear.model, numbers, regularisation) : numbers;
  return { claims: bare(claims), right: bare(sample.right) };
}

/** What a test compares: claims and right answer without regularisation, and a prediction with its multiples. */
interface Trial {
  readonly claims: Numbers;
  readonly right: Numbers;
  readonly prediction: Numbers;
  readonly fits: Partial<Record<OutputName, Fit>>;
  readonly multiplier: Multiplier | undefined;
  readonly outputs: readonly OutputName[];
  readonly kinks: ReadonlySet<number>;
}

/** Whether every claimed output is the predicted one times its factor. */
function test(
  { predicted: { sample }, tolerances }: Claimed,
  { claims, right, prediction, fits, multiplier, outputs, kinks }: Trial,
): Omit<Explanation, "mistakes"> | undefined {
  const factors = multiplier?.factors ?? {};
  const factor = (output: OutputName) => factorOf(output, factors);
  if (!outputs.every((output) => isNear(fits[output]!, factor(output), tolerances[output]))) return undefined;
  const telling: OutputName[] = [];
  let evidence = 0;
  for (const output of outputs) {
    const match = matches(sample, claims, prediction, right, output, factor(output), tolerances[output], kinks);
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
