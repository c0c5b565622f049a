import type { Factors } from "../mistakes/mistake.ts";
import { type OutputName, outputNames } from "../task/sample.ts";
import type { Claimed } from "./explain.ts";
import { explanationsOf, gradientOutputs } from "./explanations.ts";
import { type Hypothesis, idsOf, isFactor, statusOf } from "./hypotheses.ts";
import { type Localisation, localise } from "./localise.ts";

export interface Candidate {
  readonly id: string;
  /** Other mistakes at once. */
  readonly also?: readonly string[];
  /** As a reader calls the multiplier, or the two, where there is one. */
  readonly factor?: string;
  /** The same multiplier on loss and gradient is a convention; anything else is a bug. */
  readonly kind: "convention" | "bug";
  readonly outputs: readonly OutputName[];
  /** Which of the outputs each of the mistakes makes wrong, in the order of `id` and `also`. */
  readonly named: readonly Named[];
}

export interface Named {
  readonly id: string;
  readonly outputs: readonly OutputName[];
}

export interface Diagnosis {
  readonly status: "confirmed" | "likely" | "weak" | "ambiguous" | "none";
  readonly candidates: readonly Candidate[];
  /** Where the wrong numbers are that none of the mistakes gives. */
  readonly localisation: readonly Localisation[];
}

/** Names the mistakes whose numbers the wrong outputs of a submission are. An output that is right is never spoken of. */
export function diagnose(cases: readonly Claimed[], wrong: ReadonlySet<OutputName>): Diagnosis {
  const best = explanationsOf(
    cases,
    outputNames.filter((output) => wrong.has(output)),
  );
  const localisation = cases.flatMap(localise).filter(({ output }) => !best.some(({ outputs }) => outputs.has(output)));
  if (best.length === 0) return { status: "none", candidates: [], localisation };
  const candidates = new Map<string, Candidate>();
  for (const one of best) {
    const key = idsOf(one).sort().join(" ");
    if (!candidates.has(key)) candidates.set(key, candidateOf(one, cases));
  }
  const status = candidates.size > 1 ? "ambiguous" : isConfounded(best[0]!, cases) ? "weak" : statusOf(best[0]!);
  return { status, candidates: [...candidates.values()], localisation };
}

/** Whether N and τ are the same number in every case: which of them is missing, or is there twice, nobody can tell. */
function isConfounded({ factor = "" }: Hypothesis, cases: readonly Claimed[]): boolean {
  const same = cases.every(({ predicted: { sample } }) => sample.denominator === sample.options["temperature"]);
  return same && /[Nτ]/.test(factor) && cases[0]!.predicted.sample.denominator > 1;
}

function candidateOf(hypothesis: Hypothesis, cases: readonly Claimed[]): Candidate {
  const { mistakes, factor, outputs } = hypothesis;
  const named = namedBy(hypothesis);
  const [first, ...also] = named;
  const { loss, gradients } = shownFactors(hypothesis, cases);
  return {
    id: first!.id,
    ...(also.length > 0 && { also: also.map(({ id }) => id) }),
    ...(factor !== undefined && { factor }),
    kind: mistakes.every(isFactor) && loss === gradients ? "convention" : "bug",
    outputs: outputNames.filter((output) => outputs.has(output)),
    named,
  };
}

/** The factors of loss and gradient, 1 where the claims are right without. */
function shownFactors({ factors, outputs }: Hypothesis, cases: readonly Claimed[]): Factors {
  const { loss = 1, gradients = 1 } = factors;
  const isRight = (group: readonly OutputName[]) =>
    group.some((output) => cases.some(({ claims }) => claims[output] !== undefined)) &&
    !group.some((output) => outputs.has(output));
  return { loss: isRight(["loss"]) ? 1 : loss, gradients: isRight(gradientOutputs) ? 1 : gradients };
}

/** Each mistake by itself, with the outputs of the explanations that it belongs to. */
function namedBy(hypothesis: Hypothesis): readonly Named[] {
  const joined = hypothesis.joined ?? [hypothesis];
  return idsOf(hypothesis).map((id) => {
    const own = joined.filter((one) => idsOf(one).includes(id));
    return { id, outputs: outputNames.filter((output) => own.some(({ outputs }) => outputs.has(output))) };
  });
}
