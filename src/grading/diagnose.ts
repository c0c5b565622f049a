import { type Claimed, type Explained, type Explanation, explain, keyOf, nameOf, type Variant } from "./explain.ts";
import { type Localisation, localise } from "./localise.ts";
import { type OutputName, outputNames } from "./sample.ts";

export interface Candidate {
  readonly id: string;
  /** Other mistakes at once. */
  readonly also?: readonly string[];
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

const idsOf = ({ mistakes }: Hypothesis) => mistakes.map(({ mistake }) => mistake.id).join(" and ");

const isFactor = ({ mistake }: Variant) => mistake.kind === "factor";
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
  const [id, ...also] = mistakes.map(({ mistake }) => mistake.id);
  const consistent = factor !== undefined && mistakes.length === 1 && loss === gradients;
  return {
    id: id!,
    ...(also.length > 0 && { also }),
    ...(factor !== undefined && { factor }),
    kind: consistent ? "convention" : "bug",
    outputs: outputNames.filter((output) => outputs.has(output)),
  };
}
