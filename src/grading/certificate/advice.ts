import type { Engine } from "../../engine/engine.ts";
import { findLoss } from "../../losses/registry.ts";
import { Problem } from "../../problems.ts";
import { type Predicted, predict, regularised } from "../diagnosis/predict.ts";
import type { PreparedTask } from "../grade.ts";
import { findMistake } from "../mistakes/catalogue.ts";
import { type Arithmetic, arithmeticOf } from "../task/arithmetic.ts";
import { readCase } from "../task/read_case.ts";
import { type OutputName, outputNames, type Right, type Sample } from "../task/sample.ts";
import { optionsOf } from "../task/task.ts";
import { isWrong, only } from "./certify.ts";
import { passingPrinting } from "./printings.ts";
import { probesOf, scaled } from "./probes.ts";
import { claimOf, type Variant } from "./variants.ts";

/** What to change of a task, and the untested mistakes that it then shows. */
export interface Change {
  readonly change: string;
  readonly shows: readonly string[];
}

/** How many times as large l2 or the weights are made before others are tried. */
const steps = [2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e4, 1e5, 1e6];

/** What would make each way to be wrong show that passes, the changes that show most first. */
export function changesOf(engine: Engine, prepared: PreparedTask): Change[] {
  const arithmetic = arithmeticOf(engine);
  const probes = new Map<string, Predicted>();
  const all = () => {
    if (probes.size > 0) return probes;
    const { task, fields } = prepared;
    for (const { what, sample } of probesOf(engine, findLoss(task.loss)!, optionsOf(task), fields)) {
      probes.set(what, predict(sample, arithmetic));
    }
    return probes;
  };
  const found = new Map<string, Set<string>>();
  for (const { id, variant } of prepared.separability.passing) {
    const mistake = findMistake(id);
    if (!mistake) continue;
    const one = { mistake, variant };
    const change =
      byParts(prepared, one, arithmetic) ??
      (mistake.kind === "penalty" ? byScale(engine, prepared, one) : undefined) ??
      byCase(prepared, one, arithmetic, all()) ??
      byTolerance(prepared, one, arithmetic);
    if (change) found.set(change, (found.get(change) ?? new Set()).add(id));
  }
  return [...found]
    .map(([change, ids]) => ({ change, shows: [...ids] }))
    .sort((one, other) => other.shows.length - one.shows.length);
}

/** Whether this one case shows a way to be wrong, however its numbers are printed. */
function showsIn({ marking }: PreparedTask, one: Variant, predicted: Predicted, arithmetic: Arithmetic): boolean {
  const { sample } = predicted;
  const numbers = claimOf(one, sample, arithmetic);
  if (!numbers || marking.outputs.some((output) => sample.right[output] === undefined)) return false;
  return !passingPrinting(marking, [predicted], new Map([[sample.id, only(marking.outputs, numbers)]]));
}

/** Outputs that would show it on the cases as they are. */
function byParts({ marking, cases }: PreparedTask, one: Variant, arithmetic: Arithmetic): string | undefined {
  const shows = (output: OutputName) =>
    cases.some((predicted) => {
      const numbers = claimOf(one, predicted.sample, arithmetic)?.[output];
      if (numbers === undefined) return false;
      const claims = new Map([[predicted.sample.id, { [output]: numbers }]]);
      return !passingPrinting({ ...marking, outputs: [output] }, [predicted], claims);
    });
  const others = outputNames.filter((output) => !marking.outputs.includes(output)).filter(shows);
  return others.length === 0 ? undefined : `Ask for ${others[0]} too: add it to parts.`;
}

/** The case whose l2 has to grow least, with how much larger its weights could be instead. */
function byScale(engine: Engine, prepared: PreparedTask, one: Variant): string | undefined {
  const arithmetic = arithmeticOf(engine);
  const { cases, fields, task } = prepared;
  const sizes = cases.flatMap((predicted, k) => {
    const shows = (sample: Sample | undefined) =>
      sample !== undefined && showsIn(prepared, one, { ...predicted, sample, predictions: [] }, arithmetic);
    const l2 = steps.find((factor) => shows(withL2(predicted.sample, factor)));
    if (l2 === undefined) return [];
    const reading = (factor: number) =>
      attempt(() => readCase(engine, findLoss(task.loss)!, "probe", scaledWeights(fields[k]!, factor)));
    return [{ sample: predicted.sample, l2, weights: steps.find((factor) => shows(reading(factor))) }];
  });
  const [least] = sizes.sort((a, b) => a.l2 - b.l2);
  if (!least) return undefined;
  const { l2 } = least.sample.linear!.model;
  const weights = least.weights === undefined ? "" : `, or its weights ${least.weights} times as large`;
  const grown = Number((l2 * least.l2).toPrecision(6));
  return `In case ${JSON.stringify(least.sample.id)} make l2 at least ${grown} (it is ${l2})${weights}.`;
}

function withL2(sample: Sample, factor: number): Sample | undefined {
  const { linear } = sample;
  if (!linear || linear.model.l2 === 0) return undefined;
  const own = { ...sample, linear: { ...linear, model: { ...linear.model, l2: linear.model.l2 * factor } } };
  return { ...own, right: regularised(own, linear.unregularised) as Right };
}

const scaledWeights = (fields: Readonly<Record<string, unknown>>, factor: number) => ({
  ...fields,
  weights: scaled(fields["weights"], factor),
});

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function byCase(
  prepared: PreparedTask,
  one: Variant,
  arithmetic: Arithmetic,
  probes: ReadonlyMap<string, Predicted>,
): string | undefined {
  const found = [...probes].find(([, predicted]) => showsIn(prepared, one, predicted, arithmetic));
  return found && `Add a case ${found[0]}.`;
}

function byTolerance({ marking, cases }: PreparedTask, one: Variant, arithmetic: Arithmetic): string | undefined {
  const shows = cases.some(({ sample }) => isWrong(sample, claimOf(one, sample, arithmetic), marking.outputs));
  return shows ? 'Make the tolerance closer: "float64", or "float64-strict".' : undefined;
}
