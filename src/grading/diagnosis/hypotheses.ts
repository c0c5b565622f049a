import type { Evidence } from "../compare/fit.ts";
import type { OutputName, Sample } from "../task/sample.ts";
import { type Explained, type Explanation, keyOf, nameOf, type Variant } from "./explain.ts";

/** So many numbers that agree with a wrong formula and not with the right one are no accident. */
const numbersMin = 3;
/** Nor are fewer numbers of two sizes that agree to so many digits in all. */
const digitsMin = 8;

/** A way to be wrong in every case. */
export interface Hypothesis extends Omit<Explanation, "evidence" | "outputs" | "beside"> {
  readonly outputs: ReadonlySet<OutputName>;
  /** What it would change of outputs that were not looked at. */
  readonly beside: ReadonlySet<OutputName>;
  /** The explanations that it is made of, where it is made of several. */
  readonly joined?: readonly Hypothesis[];
  /** By the size of the case that holds the numbers. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  /** It is less than a formula of its own: a product of two factors, or some of what a mistake would change. */
  readonly loose?: true;
}

/** What cases of one size are called: their numbers are multiplied by the same factors. */
export const sizeOf = ({ examples, classes }: Sample) => `${examples}×${classes}`;

/** The ways to be wrong that explain every case and tell why each of these outputs is wrong, of those with the fewest mistakes. */
export function hypothesesOf(explained: readonly Explained[], wrong: readonly OutputName[]): readonly Hypothesis[] {
  const explaining = suspects(explained).flatMap((mistakes) => {
    const hypothesis = explainingAll(mistakes, explained);
    return hypothesis && wrong.every((output) => hypothesis.outputs.has(output)) ? [hypothesis] : [];
  });
  return fewestOf(explaining);
}

export function fewestOf(hypotheses: readonly Hypothesis[]): readonly Hypothesis[] {
  const fewest = Math.min(...hypotheses.map((one) => idsOf(one).length));
  return hypotheses.filter((one) => idsOf(one).length === fewest);
}

/** A mistake of two variants, one on the loss and one on the gradients, is one. */
export const idsOf = ({ mistakes }: Hypothesis) => [...new Set(mistakes.map(({ mistake }) => mistake.id))];

export const isFactor = ({ mistake }: Variant) => mistake.kind === "factor";
const isPenalty = ({ mistake }: Variant) => mistake.kind === "penalty";
const isFormula = (one: Variant) => !isFactor(one) && !isPenalty(one);

/** The sets of mistakes that explain some case, and those that only two cases together show. */
function suspects(explained: readonly Explained[]): (readonly Variant[])[] {
  const sets = new Map<string, readonly Variant[]>();
  const add = (mistakes: readonly Variant[]) => sets.set(keyOf(mistakes), mistakes);
  for (const { by } of explained) for (const { mistakes } of by.values()) add(mistakes);
  const singles = [...new Map([...sets.values()].flat().map((single) => [nameOf(single), single])).values()];
  // In the order in which explain() names them: a formula, a factor, a regularisation.
  const [formulas, factors, penalties] = [isFormula, isFactor, isPenalty].map((is) => singles.filter(is));
  for (const formula of formulas!) for (const other of [...factors!, ...penalties!]) add([formula, other]);
  for (const factor of factors!) for (const penalty of penalties!) add([factor, penalty]);
  return [...sets.values()].filter((mistakes) => mistakes.length > 0);
}

/** These mistakes as a hypothesis, if they explain every case: one that cannot show some of them is explained by the rest. */
function explainingAll(mistakes: readonly Variant[], explained: readonly Explained[]): Hypothesis | undefined {
  const outputs = new Set<OutputName>();
  const beside = new Set<OutputName>();
  const evidence = new Map<string, Evidence>();
  const seen = new Set<string>();
  let telling: Explanation | undefined;
  for (const { size, shown, by } of explained) {
    const visible = mistakes.filter((one) => shown.has(nameOf(one)));
    const explanation = by.get(keyOf(visible));
    if (!explanation) return undefined;
    for (const one of visible) seen.add(nameOf(one));
    for (const output of explanation.outputs) outputs.add(output);
    for (const output of explanation.beside) beside.add(output);
    if (visible.length === mistakes.length) telling ??= explanation;
    if (explanation.evidence.numbers > 0) evidence.set(size, together(evidence.get(size), explanation.evidence));
  }
  if (seen.size < mistakes.length) return undefined;
  return { mistakes, factor: telling?.factor, factors: telling?.factors ?? {}, outputs, beside, evidence };
}

const together = (one: Evidence = { numbers: 0, digits: 0 }, other: Evidence): Evidence => ({
  numbers: one.numbers + other.numbers,
  digits: one.digits + other.digits,
});

/** Numbers of two sizes say most: what depends on a size is then no accident. */
export function statusOf({ evidence, loose }: Hypothesis): "confirmed" | "likely" | "weak" {
  const all = [...evidence.values()];
  const sure = all.filter(({ numbers }) => numbers >= numbersMin).length >= 2;
  if (sure) return loose ? "likely" : "confirmed";
  if (all.length >= 2 && all.reduce((sum, { digits }) => sum + digits, 0) >= digitsMin) return "likely";
  return !loose && all.reduce((sum, { numbers }) => sum + numbers, 0) >= numbersMin ? "likely" : "weak";
}
