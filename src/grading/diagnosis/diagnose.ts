import { type Numbers, type OutputName, outputNames } from "../task/sample.ts";
import { type Claimed, explain, explainProducts } from "./explain.ts";
import { fewestOf, type Hypothesis, hypothesesOf, idsOf, isFactor, statusOf } from "./hypotheses.ts";
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
}

export interface Diagnosis {
  readonly status: "confirmed" | "likely" | "weak" | "ambiguous" | "none";
  readonly candidates: readonly Candidate[];
  /** Where the wrong numbers are, when none of the mistakes gives them. */
  readonly localisation: readonly Localisation[];
}

/**
 * Names the mistakes whose numbers a submission's are: on every output of every case. Where no formula and factor hold for
 * all outputs, loss and gradients are explained each by its own, or all of them by two factors.
 */
export function diagnose(cases: readonly Claimed[]): Diagnosis {
  const together = hypothesesOf(cases.map(explain));
  const best = together.length > 0 ? together : surestOf(fewestOf([...apart(cases), ...products(cases)]));
  if (best.length === 0) return { status: "none", candidates: [], localisation: cases.flatMap(localise) };
  const candidates = new Map(best.map((one) => [idsOf(one).sort().join(" "), candidateOf(one)]));
  const status = candidates.size > 1 ? "ambiguous" : statusOf(best[0]!);
  return { status, candidates: [...candidates.values()], localisation: [] };
}

function surestOf(hypotheses: readonly Hypothesis[]): readonly Hypothesis[] {
  const sure = hypotheses.filter(({ loose }) => !loose);
  return sure.length > 0 ? sure : hypotheses;
}

/** A product is one number, which pairs of factors give by accident more often than single ones do. */
function products(cases: readonly Claimed[]): readonly Hypothesis[] {
  return hypothesesOf(cases.map(explainProducts)).map((one) => ({ ...one, loose: true }));
}

const lossOutputs: readonly OutputName[] = ["loss", "losses"];
const gradientOutputs = outputNames.filter((output) => !lossOutputs.includes(output));

/** Loss and gradients wrong each in its own way, or one of them alone by a formula that would change both. */
function apart(cases: readonly Claimed[]): readonly Hypothesis[] {
  const losses = explainOnly(cases, lossOutputs);
  const gradients = losses && explainOnly(cases, gradientOutputs);
  if (!losses || !gradients) return [];
  if (losses.length === 0 || gradients.length === 0) {
    return [...losses.map((one) => both(one, undefined)), ...gradients.map((one) => both(undefined, one))];
  }
  return losses.flatMap((one) => gradients.map((other) => both(one, other)));
}

/**
 * What explains some of the outputs: nothing where they are right, undefined where nothing does. A mistake that leaves the
 * others as they should be comes before one that would change them.
 */
function explainOnly(cases: readonly Claimed[], outputs: readonly OutputName[]): readonly Hypothesis[] | undefined {
  const explainBeside = (others: "right" | "absent") =>
    cases.map((claimed) => explain({ ...claimed, claims: restrict(claimed, outputs, others) }));
  const beside = explainBeside("right");
  if (beside.every(({ by }) => by.has(""))) return [];
  const own = hypothesesOf(beside);
  if (own.length > 0) return own;
  const loose = hypothesesOf(explainBeside("absent"));
  return loose.length > 0 ? loose.map((one) => ({ ...one, loose: true })) : undefined;
}

function restrict({ claims, predicted }: Claimed, outputs: readonly OutputName[], others: "right" | "absent"): Numbers {
  const { right } = predicted.sample;
  const entries = Object.entries(claims).flatMap(([output, claim]) => {
    if (outputs.includes(output as OutputName)) return [[output, claim]];
    return others === "right" ? [[output, right[output as OutputName]]] : [];
  });
  return Object.fromEntries(entries) as Numbers;
}

/** Two explanations as one, that is as sure as the less sure of them. */
function both(losses: Hypothesis | undefined, gradients: Hypothesis | undefined): Hypothesis {
  const parts = [losses, gradients].filter((one) => one !== undefined);
  const words = parts.flatMap(({ factor }) => (factor === undefined ? [] : [factor]));
  const sizes = new Set(parts.flatMap(({ evidence }) => [...evidence.keys()]));
  const evidenceOf = (size: string) => Math.min(...parts.map(({ evidence }) => evidence.get(size) ?? 0));
  return {
    mistakes: parts.flatMap(({ mistakes }) => mistakes),
    factor: words.length === 0 ? undefined : words.join(" and "),
    factors: {
      loss: losses?.factors.loss ?? 1,
      losses: losses?.factors.losses ?? 1,
      gradients: gradients?.factors.gradients ?? 1,
    },
    outputs: new Set(parts.flatMap(({ outputs }) => [...outputs])),
    evidence: new Map([...sizes].map((size) => [size, evidenceOf(size)])),
    ...(parts.some(({ loose }) => loose) && { loose: true }),
  };
}

function candidateOf(hypothesis: Hypothesis): Candidate {
  const { mistakes, factor, factors, outputs } = hypothesis;
  const { loss = 1, gradients = 1 } = factors;
  const [id, ...also] = idsOf(hypothesis);
  const consistent = mistakes.every(isFactor) && loss === gradients;
  return {
    id: id!,
    ...(also.length > 0 && { also }),
    ...(factor !== undefined && { factor }),
    kind: consistent ? "convention" : "bug",
    outputs: outputNames.filter((output) => outputs.has(output)),
  };
}
