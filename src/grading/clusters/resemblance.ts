import { numbersOf } from "../compare/compare.ts";
import { fitMultiple } from "../compare/fit.ts";
import { type Predicted, regularised } from "../diagnosis/predict.ts";
import type { Graded, PreparedTask } from "../grade.ts";
import type { Numbers, OutputName } from "../task/sample.ts";

/** A multiple is told where so little is left beside it. */
const residualMax = 1e-3;
/** Fewer numbers are a multiple of anything. */
const numbersMin = 3;

/** What unexplained numbers of an output are most like: a multiple of the right ones, or of a known mistake's, or where they lie. */
export function resemblanceOf({ cases }: PreparedTask, { diagnosis, claims }: Graded, output: OutputName): string {
  const given = cases.filter(({ sample }) => claims.get(sample.id)?.[output] !== undefined);
  const multiple = (of: (predicted: Predicted) => Numbers | undefined) =>
    multipleOf(given, claims, output, (predicted) => numbersOf(of(predicted)?.[output]));
  const right = multiple(({ sample }) => sample.right);
  if (right) return `is ${right} × the right one`;
  for (const { mistake, variant } of given[0]?.predictions ?? []) {
    const found = multiple(({ sample, predictions }) => {
      const own = predictions.find((one) => one.mistake.id === mistake.id && one.variant === variant);
      return own && regularised(sample, own.numbers);
    });
    if (found) return `is ${found} × what ${mistake.id} gives`;
  }
  const where = diagnosis.localisation.find((one) => one.output === output);
  return `is like no known formula${where ? ` (case ${where.case}: ${where.detail})` : ""}`;
}

/** The multiplier in words, one a case where the cases have several; undefined where the claims are no multiple. */
function multipleOf(
  cases: readonly Predicted[],
  claims: ReadonlyMap<string, Numbers>,
  output: OutputName,
  of: (predicted: Predicted) => Float64Array | undefined,
): string | undefined {
  const factors: string[] = [];
  let numbers = 0;
  for (const predicted of cases) {
    const claimed = numbersOf(claims.get(predicted.sample.id)![output])!;
    const predictedNumbers = of(predicted);
    if (!predictedNumbers) return undefined;
    const { factor, residual } = fitMultiple(claimed, predictedNumbers);
    if (!(residual <= residualMax) || !Number.isFinite(factor)) return undefined;
    factors.push(String(Number(factor.toPrecision(3))));
    numbers += claimed.length;
  }
  const different = [...new Set(factors)];
  // A number a case is a multiple of whatever it is compared with, unless it is the same one everywhere.
  const tells = numbers >= numbersMin && (numbers > cases.length || different.length === 1);
  return tells ? different.join(" and ") : undefined;
}
