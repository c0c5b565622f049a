import type { Comparison } from "../compare/compare.ts";
import type { Diagnosis } from "../diagnosis/diagnose.ts";
import type { Graded, PreparedTask } from "../grade.ts";
import type { OutputName } from "../task/sample.ts";
import { Fraction } from "./fraction.ts";

export interface PartScore {
  readonly comparison: Comparison;
  readonly score: number;
  readonly maxScore: number;
}

export interface Score {
  readonly verdict: "pass" | "partial" | "fail" | "format_error";
  readonly score: number;
  readonly maxScore: number;
  readonly parts: readonly PartScore[];
}

const one = Fraction.decimal(1);

/** The points of a graded submission, added up exactly and rounded once. */
export function scoreOf(prepared: PreparedTask, graded: Graded): Score {
  const points = pointsOf(prepared);
  const maximum = [...points.values()].reduce((sum, value) => sum.plus(value), Fraction.zero);
  if (graded.faults.length > 0) {
    return { verdict: "format_error", score: 0, maxScore: maximum.toNumber(), parts: [] };
  }
  const { cases, task } = prepared;
  let total = Fraction.zero;
  const parts = graded.comparisons.map((comparison): PartScore => {
    const share = points.get(comparison.output)!.over(cases.length);
    const earned = share.times(creditOf(comparison, graded, task.credit ?? {}, task.rows_credit ?? false));
    total = total.plus(earned);
    return { comparison, score: earned.toNumber(), maxScore: share.toNumber() };
  });
  const { comparisons, convention } = graded;
  const complete = comparisons.every(({ verdict }) => verdict === "pass" || verdict === "fail");
  const right = comparisons.every(({ verdict }) => verdict === "pass") || (convention?.credit === 1 && complete);
  const verdict = right ? "pass" : total.isMoreThan(Fraction.zero) ? "partial" : "fail";
  return { verdict, score: total.toNumber(), maxScore: maximum.toNumber(), parts };
}

function pointsOf({ task, marking }: PreparedTask): ReadonlyMap<OutputName, Fraction> {
  const parts = task.parts ?? marking.outputs.map((output) => ({ output, points: 1 }));
  return new Map(parts.map(({ output, points }) => [output as OutputName, Fraction.decimal(points)]));
}

/** The best of what the part earns: nothing is added twice. An answer that is missing, or no numbers of its shape, earns nothing. */
function creditOf(
  comparison: Comparison,
  { convention, diagnosis }: Graded,
  credit: Readonly<Record<string, number>>,
  byRows: boolean,
): Fraction {
  if (comparison.verdict === "missing" || comparison.verdict === "malformed") return Fraction.zero;
  if (comparison.verdict === "pass") return one;
  if (convention) return Fraction.decimal(convention.credit);
  const agreeing = comparison.agreeing.filter(Boolean).length;
  const ofRows =
    byRows && comparison.agreeing.length > 0
      ? Fraction.of(BigInt(agreeing), BigInt(comparison.agreeing.length))
      : Fraction.zero;
  const ofDiagnosis = Fraction.decimal(diagnosisCredit(comparison, diagnosis, credit));
  return ofDiagnosis.isMoreThan(ofRows) ? ofDiagnosis : ofRows;
}

/** Only a diagnosis that leaves no other open earns credit, for what it explains; of two mistakes at once, the lesser credit. */
function diagnosisCredit(
  { output }: Comparison,
  { status, candidates }: Diagnosis,
  credit: Readonly<Record<string, number>>,
): number {
  const [candidate] = candidates;
  if (!candidate?.outputs.includes(output) || (status !== "confirmed" && status !== "likely")) return 0;
  return Math.min(...candidate.named.map(({ id }) => credit[id] ?? 0));
}
