import type { Engine } from "../../engine/engine.ts";
import { compareOutput } from "../compare/compare.ts";
import { profiles } from "../compare/tolerance.ts";
import { type Predicted, regularised } from "../diagnosis/predict.ts";
import { ambiguousOf } from "../diagnosis/separability.ts";
import { mistakes } from "../mistakes/catalogue.ts";
import type { Mistake } from "../mistakes/mistake.ts";
import { type Arithmetic, arithmeticOf } from "../task/arithmetic.ts";
import { type Numbers, type OutputName, outputNames, type Sample } from "../task/sample.ts";
import { type Claims, compareAll, type Marking, tolerancesOf } from "./marking.ts";
import { isNear, passingPrinting } from "./printings.ts";
import type { Probe } from "./probes.ts";
import { claimOf, everyVariant, type Variant } from "./variants.ts";

/** A way to make a mistake, by its index among the mistake's. */
export interface VariantName {
  readonly id: string;
  readonly variant: number;
}

/** What a task's cases can show and what they cannot. */
export interface Separability {
  /** Pairs of mistakes that a diagnosis could take for each other on every case. */
  readonly ambiguous: readonly (readonly [string, string])[];
  /** Mistakes of which some way to make them passes on every case. */
  readonly untested: readonly string[];
  /** The ways that pass, with the printing of each output under which they do. */
  readonly passing: readonly (VariantName & { readonly printing: Readonly<Record<string, string>> })[];
  /** Ways that an accepted option calls right, with its credit and its index. */
  readonly accepted: readonly (VariantName & { readonly credit: number; readonly accept: number })[];
  /** Ways that are the right formula for such a task, whatever its cases: τ is 1, there are no weights. */
  readonly not_applicable: readonly VariantName[];
}

/** A task as a certificate is made for it. */
export interface Certified {
  readonly marking: Marking;
  readonly cases: readonly Predicted[];
  readonly accepted: readonly { readonly credit: number; readonly samples: readonly Sample[] }[];
  /** The task's own mistakes. */
  readonly own: readonly Mistake[];
}

/**
 * Grades what every mistake of the catalogue, alone, claims for these cases. `probes` are other cases of the same kind: a
 * way that shows in none of them is the right formula.
 */
export function certify(engine: Engine, task: Certified, probes: () => readonly Probe[]): Separability {
  const { marking, cases, own } = task;
  const arithmetic = arithmeticOf(engine);
  const samples = cases.map(({ sample }) => sample);
  const applying = [...mistakes, ...own].filter(({ losses }) => losses.includes(samples[0]!.loss.name));
  const passing: Separability["passing"][number][] = [];
  const accepted: Separability["accepted"][number][] = [];
  const others: VariantName[] = [];
  let probed: readonly Probe[] | undefined;
  for (const one of everyVariant(applying, samples, arithmetic)) {
    const numbers = numbersOfAll(task, one, arithmetic);
    if (!numbers) continue;
    const name = { id: one.mistake.id, variant: one.variant };
    const claims = new Map(samples.map((sample, k) => [sample.id, only(marking.outputs, numbers[k] ?? sample.right)]));
    const printing = passingPrinting(marking, cases, claims);
    const convention = printing ? undefined : conventionOf(task, claims);
    if (convention) accepted.push({ ...name, ...convention });
    if (!printing) continue;
    const shows = () => {
      probed ??= probes();
      return probed.some(({ sample }) => isWrong(sample, claimOf(one, sample, arithmetic)));
    };
    // A teacher's own mistake is meant to show: whatever passes of it is untested.
    const isOwn = own.includes(one.mistake);
    if (isOwn || samples.some((sample, k) => isWrong(sample, numbers[k])) || shows())
      passing.push({ ...name, printing });
    else others.push(name);
  }
  const untested = [...new Set(passing.map(({ id }) => id))];
  return { ambiguous: ambiguousOf(cases, marking.outputs), untested, passing, accepted, not_applicable: others };
}

/** What a wrong program claims for each case; undefined where that can be no right answer, whatever is accepted. */
function numbersOfAll(
  { marking, cases, accepted }: Certified,
  one: Variant,
  arithmetic: Arithmetic,
): (Numbers | undefined)[] | undefined {
  const all: (Numbers | undefined)[] = [];
  for (const predicted of cases) {
    const { sample } = predicted;
    const numbers = predictedNumbers(predicted, one) ?? claimOf(one, sample, arithmetic);
    if (accepted.length === 0 && numbers && !isNear(marking, sample, numbers)) return undefined;
    all.push(numbers);
  }
  return all;
}

/** What was computed for a diagnosis already. */
function predictedNumbers({ sample, predictions }: Predicted, { mistake, variant }: Variant): Numbers | undefined {
  const found = predictions.find((one) => one.mistake === mistake && one.variant === variant);
  return found && regularised(sample, found.numbers);
}

/** These outputs alone, where they are there. */
export function only(outputs: readonly OutputName[], numbers: Numbers): Numbers {
  return Object.fromEntries(
    Object.entries(numbers).filter(([output]) => outputs.includes(output as OutputName)),
  ) as Numbers;
}

/** Whether some number is another than the right one, be it ever so near. */
export function isWrong(sample: Sample, numbers: Numbers | undefined, outputs = outputNames): boolean {
  if (!numbers) return false;
  const strict = profiles["float64-strict"]!;
  return outputs.some((output) => compareOutput(sample, numbers, output, strict).verdict === "fail");
}

/** The accepted option with the most credit that these claims agree with. */
export function conventionOf({ marking, cases, accepted }: Omit<Certified, "own">, claims: Claims) {
  if (accepted.length === 0) return undefined;
  const tolerances = tolerancesOf(marking, cases, claims);
  const isClaimed = (id: string, output: OutputName) => claims.get(id)?.[output] !== undefined;
  const agreeing = accepted.flatMap(({ credit, samples }, accept) =>
    samples
      .flatMap((sample) => compareAll(marking, sample, claims, tolerances))
      .every((each) => each.verdict === "pass" || !isClaimed(each.case, each.output))
      ? [{ credit, accept }]
      : [],
  );
  return agreeing.sort((one, other) => other.credit - one.credit)[0];
}
