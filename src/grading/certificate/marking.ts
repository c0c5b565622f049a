import { type Comparison, compareOutput } from "../compare/compare.ts";
import { findTolerance, profiles, type Tolerance } from "../compare/tolerance.ts";
import { earnedTolerances } from "../diagnosis/earned.ts";
import type { Predicted } from "../diagnosis/predict.ts";
import { type Numbers, type OutputName, outputNames, type Sample } from "../task/sample.ts";
import type { Task } from "../task/task.ts";

/** What a task asks for, and how close is right. */
export interface Marking {
  readonly outputs: readonly OutputName[];
  /** Absent where each output is held to what its claims earn. */
  readonly tolerance: Tolerance | undefined;
  readonly minDigits: number | undefined;
}

/** A submission's numbers by the ids of their cases. */
export type Claims = ReadonlyMap<string, Numbers>;

export function markingOf(task: Task, samples: readonly Sample[]): Marking {
  const outputs = task.parts?.map(({ output }) => output as OutputName) ?? outputsOf(samples);
  return { outputs, tolerance: findTolerance(task.tolerance ?? "auto"), minDigits: task.min_digits };
}

/** Without parts, all that the reduction has is asked for. */
export function outputsOf(samples: readonly Sample[]): OutputName[] {
  return outputNames.filter((output) => samples.every(({ right }) => right[output] !== undefined));
}

/** One tolerance an output: the task's, or what the claims of that output earn. */
export function tolerancesOf(
  { tolerance, minDigits }: Marking,
  cases: readonly Predicted[],
  claims: Claims,
): Readonly<Record<OutputName, Tolerance>> {
  if (!tolerance) return earnedTolerances(cases, claims, minDigits);
  return forAll(tolerance);
}

const forAll = (tolerance: Tolerance) =>
  Object.fromEntries(outputNames.map((output) => [output, tolerance])) as Record<OutputName, Tolerance>;

/** Each output that is asked for of a case, beside what is right there. */
export function compareAll(
  { outputs }: Marking,
  sample: Sample,
  claims: Claims,
  tolerances: Readonly<Record<OutputName, Tolerance>>,
): Comparison[] {
  return outputs.map((output) => compareOutput(sample, claims.get(sample.id) ?? {}, output, tolerances[output]));
}

/** Whether a submission gets full marks, before any credit for what is wrong. */
export function passes(marking: Marking, cases: readonly Predicted[], claims: Claims): boolean {
  const passesBy = (tolerances: Readonly<Record<OutputName, Tolerance>>) =>
    cases.every(({ sample }) =>
      compareAll(marking, sample, claims, tolerances).every(({ verdict }) => verdict === "pass"),
    );
  // What passes as float64 needs no look at how it is printed.
  const isExact = !marking.tolerance && passesBy(forAll(profiles["float64"]!));
  return isExact || passesBy(tolerancesOf(marking, cases, claims));
}
