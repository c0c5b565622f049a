import { numbersOf } from "../compare/compare.ts";
import { closenessOf, type Evidence, type Fit, fitMultiple, matches } from "../compare/fit.ts";
import { findKinks } from "../compare/kinks.ts";
import type { Tolerance } from "../compare/tolerance.ts";
import type { Factors, Mistake } from "../mistakes/mistake.ts";
import { rightRegularisation, withoutRegularisation } from "../task/linear.ts";
import { type Numbers, type OutputName, outputNames } from "../task/sample.ts";
import {
  factorOf,
  type Multiplier,
  type Penalised,
  type Predicted,
  type Prediction,
  unregularised,
} from "./predict.ts";

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
  /** What it would change of outputs that are not among the claims. */
  readonly beside: readonly OutputName[];
  readonly evidence: Evidence;
}

/** What explains one case, by the names of its variants, and the variants that the case can show at all. */
export interface Explained {
  readonly size: string;
  readonly shown: ReadonlySet<string>;
  readonly by: ReadonlyMap<string, Explanation>;
}

export const nameOf = ({ mistake, variant }: Variant) => `${mistake.id} ${variant}`;
export const keyOf = (mistakes: readonly Variant[]) => mistakes.map(nameOf).join(" and ");

/** What numbers are multiplied by, and the mistakes that do it. */
interface Multiple {
  readonly mistakes: readonly Multiplier[];
  readonly factors: Factors;
}

const once: Multiple = { mistakes: [], factors: {} };

/** Every way to be wrong by one formula, one factor and one regularisation that gives all of one case's claims. */
export function explain(claimed: Claimed): Explained {
  const { predictions } = claimed.predicted;
  return search(claimed, predictions, [once, ...multiplesOf(claimed.predicted)]);
}

/** The same for the right formula and up to two factors. */
export function explainProducts(claimed: Claimed): Explained {
  if (!isMultipleOfRight(claimed)) return search(claimed, [], []);
  const multiples = multiplesOf(claimed.predicted);
  const products = multiples.flatMap((one, i) =>
    multiples.slice(i + 1).flatMap((other) => (isSame(one, other) ? [] : [product(one, other)])),
  );
  return search(claimed, [], [once, ...multiples, ...products]);
}

/** Products are many: none is tried where the claims are no multiple of the right answer, whatever its regularisation. */
function isMultipleOfRight(claimed: Claimed): boolean {
  const { sample, penalties } = claimed.predicted;
  const outputs = claimedOutputs(claimed);
  return [undefined, ...penalties].some((penalty) => {
    return fitsOf(withoutPenalty(claimed, penalty).claims, unregularised(sample), outputs, claimed) !== undefined;
  });
}

const claimedOutputs = ({ claims, predicted }: Claimed) =>
  outputNames.filter((output) => claims[output] !== undefined && predicted.sample.right[output] !== undefined);

const multiplesOf = ({ multipliers }: Predicted) =>
  multipliers.map((one): Multiple => ({ mistakes: [one], factors: one.factors }));

const isSame = (one: Multiple, other: Multiple) => one.mistakes[0]!.mistake === other.mistakes[0]!.mistake;

function product(one: Multiple, other: Multiple): Multiple {
  const of = (output: OutputName) => factorOf(output, one.factors) * factorOf(output, other.factors);
  const factors = { loss: of("loss"), losses: of("losses"), gradients: of("gradients") };
  return { mistakes: [...one.mistakes, ...other.mistakes], factors };
}

/** Tries the right formula and wrong ones by every multiple; being right is the one without a mistake. */
function search(claimed: Claimed, wrong: readonly Prediction[], multiples: readonly Multiple[]): Explained {
  const { predicted } = claimed;
  const { sample, penalties } = predicted;
  const kinks = new Set(findKinks(sample).keys());
  const outputs = claimedOutputs(claimed);
  const by = new Map<string, Explanation>();
  const right = { numbers: unregularised(sample) as Numbers };
  for (const penalty of [undefined, ...penalties]) {
    const bare = withoutPenalty(claimed, penalty);
    const isRare = penalty?.mistake.rare || (penalty?.variant ?? 0) > 0;
    for (const base of isRare ? [right] : [right, ...wrong]) {
      const fits = fitsOf(bare.claims, base.numbers, outputs, claimed);
      if (!fits) continue;
      const near = (output: OutputName, { factors }: Multiple) =>
        isNear(fits[output]!, factorOf(output, factors), claimed.tolerances[output]);
      for (const multiple of multiples) {
        if (!outputs.every((output) => near(output, multiple))) continue;
        const found = test(claimed, { ...bare, prediction: base.numbers, multiple, outputs, kinks });
        if (!found) continue;
        const mistakes = [...("mistake" in base ? [base] : []), ...multiple.mistakes, ...(penalty ? [penalty] : [])];
        const before = by.get(keyOf(mistakes));
        if (!before || before.evidence.numbers < found.evidence.numbers)
          by.set(keyOf(mistakes), { ...found, mistakes });
      }
    }
  }
  return { size: `${sample.examples}×${sample.classes}`, shown: shownBy(predicted), by };
}

/** Names by their case: a diagnosis asks for them a dozen times. */
const known = new WeakMap<Predicted, ReadonlySet<string>>();

/** The names of all that a case can show. */
function shownBy(predicted: Predicted): ReadonlySet<string> {
  const { predictions, multipliers, penalties } = predicted;
  const shown = known.get(predicted) ?? new Set([...predictions, ...multipliers, ...penalties].map(nameOf));
  known.set(predicted, shown);
  return shown;
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
  readonly multiple: Multiple;
  readonly outputs: readonly OutputName[];
  readonly kinks: ReadonlySet<number>;
}

/** Whether every claimed output is the predicted one times its factor. */
function test(
  { predicted: { sample }, tolerances }: Claimed,
  { claims, right, prediction, multiple, outputs, kinks }: Trial,
): Omit<Explanation, "mistakes"> | undefined {
  const { factors, mistakes } = multiple;
  const factor = (output: OutputName) => factorOf(output, factors);
  const telling: OutputName[] = [];
  const evidence = { numbers: 0, digits: 0 };
  for (const output of outputs) {
    const found = matches(sample, claims, prediction, right, output, factor(output), tolerances[output], kinks);
    if (!found) return undefined;
    if (found.numbers > 0) telling.push(output);
    evidence.numbers += found.numbers;
    evidence.digits += found.digits;
  }
  const named = mistakes.map(({ mistake }) => mistake.factor);
  const beside = outputNames.filter(
    (output) =>
      !outputs.includes(output) &&
      right[output] !== undefined &&
      !equals(numbersOf(prediction[output])!, factor(output), numbersOf(right[output])!),
  );
  return { factor: named.length === 0 ? undefined : named.join(" and "), factors, outputs: telling, beside, evidence };
}

/** Each output as a multiple of a prediction; undefined from the first on that is none. */
function fitsOf(
  claims: Numbers,
  numbers: Numbers,
  outputs: readonly OutputName[],
  { tolerances }: Claimed,
): Partial<Record<OutputName, Fit>> | undefined {
  const fits: Partial<Record<OutputName, Fit>> = {};
  for (const output of outputs) {
    const fit = fitMultiple(numbersOf(claims[output])!, numbersOf(numbers[output])!);
    if (!isMultiple(fit, tolerances[output])) return undefined;
    fits[output] = fit;
  }
  return fits;
}

/** Whether a prediction times a factor is what is right, but for rounding. */
function equals(prediction: Float64Array, factor: number, right: Float64Array): boolean {
  return right.every((r, i) => {
    const p = prediction[i]! * factor;
    return Object.is(p, r) || Math.abs(p - r) <= 1e-9 * Math.abs(r);
  });
}

/** A first look that spares most comparisons: whether a claim is any multiple of a prediction. */
function isMultiple({ factor, residual }: Fit, tolerance: Tolerance): boolean {
  // Zeros, NaN and infinities have no direction: only the entries decide.
  return !Number.isFinite(factor) || !Number.isFinite(residual) || residual <= 100 * closenessOf(tolerance);
}

/** A second look: whether it is this multiple. */
function isNear({ factor, residual }: Fit, expected: number, tolerance: Tolerance): boolean {
  if (!Number.isFinite(factor) || !Number.isFinite(residual)) return true;
  return Math.abs(factor - expected) <= 100 * closenessOf(tolerance) * Math.abs(expected);
}
