import { compareOutput, numbersOf } from "../compare/compare.ts";
import { detectTolerance, isFloat32, printingsOf } from "../compare/printing.ts";
import { profiles, type Tolerance } from "../compare/tolerance.ts";
import { findMistake } from "../mistakes/catalogue.ts";
import { type Numbers, type OutputName, outputNames, type Sample } from "../task/sample.ts";
import { type Predicted, regularised } from "./predict.ts";

type Claims = ReadonlyMap<string, Numbers>;

/**
 * One tolerance an output, where the task leaves it open: the first by which all claims of that output are right, of those
 * that their printing earns; or else the one that they look most like.
 */
export function earnedTolerances(
  cases: readonly Predicted[],
  claims: Claims,
  digitsMin: number | undefined,
): Record<OutputName, Tolerance> {
  const numbers = new Map(outputNames.map((output) => [output, claimsOf(claims, output)]));
  const isSingle = isFloat32([...numbers.values()].flat().filter((one) => Number.isFinite(one) && one !== 0));
  const earned = outputNames.map((output) => {
    const passes = (tolerance: Tolerance) => agrees(cases, claims, output, tolerance);
    const float32 = profiles["float32"]!;
    if (passes(profiles["float64"]!)) return [output, profiles["float64"]!];
    const printed = [...(isSingle ? [float32] : []), ...printingsOf(numbers.get(output)!, digitsMin)].find(passes);
    if (printed) return [output, printed];
    if (isSingle || (hasTinyNumber(cases, claims, output) && passes(float32))) return [output, float32];
    return [output, detectTolerance(numbers.get(output)!, digitsMin)];
  });
  return Object.fromEntries(earned) as Record<OutputName, Tolerance>;
}

function claimsOf(claims: Claims, output: OutputName): number[] {
  return [...claims.values()].flatMap((one) => Array.from(numbersOf(one[output]) ?? []));
}

function agrees(cases: readonly Predicted[], claims: Claims, output: OutputName, tolerance: Tolerance): boolean {
  return cases.every(({ sample }) => isRight(sample, claims, output, tolerance));
}

function isRight(sample: Sample, claims: Claims, output: OutputName, tolerance: Tolerance, right?: Numbers): boolean {
  return compareOutput(sample, claims.get(sample.id) ?? {}, output, tolerance, right).verdict !== "fail";
}

/** Whether the claims are those of a logarithm that is kept from 0 by a number as tiny as textbooks have it. */
function hasTinyNumber(cases: readonly Predicted[], claims: Claims, output: OutputName): boolean {
  const tiny = cases
    .flatMap(({ predictions }) => predictions)
    .filter(({ mistake }) => findMistake(mistake.id)?.tiny === true);
  return tiny.some(({ mistake, variant }) =>
    cases.every(({ sample, predictions }) => {
      const own = predictions.find((one) => one.mistake === mistake && one.variant === variant);
      const right = own ? regularised(sample, own.numbers) : sample.right;
      return isRight(sample, claims, output, profiles["float64"]!, right);
    }),
  );
}
