import { createHash } from "node:crypto";
import type { Engine } from "../engine/engine.ts";
import { findLoss } from "../losses/registry.ts";
import { type Fault, Problem, repointing, within } from "../problems.ts";
import { certify, conventionOf, only, type Separability } from "./certificate/certify.ts";
import { compareAll, type Marking, markingOf, tolerancesOf } from "./certificate/marking.ts";
import { probesOf } from "./certificate/probes.ts";
import type { Comparison } from "./compare/compare.ts";
import { type Diagnosis, diagnose } from "./diagnosis/diagnose.ts";
import type { Claimed } from "./diagnosis/explain.ts";
import { type Predicted, predict } from "./diagnosis/predict.ts";
import { ambiguousOf } from "./diagnosis/separability.ts";
import { mistakes } from "./mistakes/catalogue.ts";
import type { Mistake } from "./mistakes/mistake.ts";
import { shapesThen } from "./mistakes/older.ts";
import { type OwnEntry, ownEntries } from "./own/own_mistakes.ts";
import { predictOwn } from "./own/predict_own.ts";
import { type Arithmetic, arithmeticOf } from "./task/arithmetic.ts";
import { type Malformed, readClaims } from "./task/claims.ts";
import { drawCase, drawOf } from "./task/draw.ts";
import { readCase } from "./task/read_case.ts";
import type { Numbers, OutputName, Sample } from "./task/sample.ts";
import { optionsOf, type Submission, type Task, type TaskCase, tensorsOf } from "./task/task.ts";

/** Draws with an ambiguity are drawn again, so often, and small ones more often: no draw makes N other than C. */
const attemptsMax = 20;
const attemptsOfDraw3 = 5;
const attemptedLogitsMax = 20_000;

/** A task whose right and wrong answers are known: made once, for any number of submissions. */
export interface PreparedTask {
  readonly task: Task;
  /** What a request body for each case holds: its tensors, drawn where it says so, beside the task's options. */
  readonly fields: readonly Readonly<Record<string, unknown>>[];
  readonly cases: readonly Predicted[];
  /** The same cases under each option that the task accepts. */
  readonly accepted: readonly { readonly credit: number; readonly samples: readonly Sample[] }[];
  readonly marking: Marking;
  readonly separability: Separability;
  /** The task's own mistakes. */
  readonly own: readonly OwnEntry[];
}

/** The first 12 hex digits of the SHA-256 of what the catalogue says: grades under one catalogue are comparable. */
export const catalogueDigest = createHash("sha256").update(JSON.stringify(mistakes)).digest("hex").slice(0, 12);

/** Reads a task's cases. Throws a Problem (invalid_request) that names the case and what is wrong with it. */
export function prepareTask(engine: Engine, task: Task): PreparedTask {
  const arithmetic = arithmeticOf(engine);
  const fields = task.cases.map((_, k) => fieldsOf(engine, arithmetic, task, k));
  const known = fields.map((one, k) => predict(sampleOf(engine, task, k, one), arithmetic));
  const samples = known.map(({ sample }) => sample);
  const own = ownEntries(task.mistakes ?? [], samples);
  const cases = known.map((one) => predictOwn(one, own, arithmetic));
  const accepted = (task.accept ?? []).map(({ credit, ...options }, i) => ({
    credit,
    samples: fields.map((one, k) => sampleOf(engine, task, k, accepting(one, options), `/task/accept/${i}`)),
  }));
  refuseUnearnable(
    (task.parts ?? []).map(({ output }, i) => [`/task/parts/${i}/output`, output]),
    cases,
  );
  const marking = markingOf(task, samples);
  const probes = () => probesOf(engine, findLoss(task.loss)!, optionsOf(task), fields);
  const separability = certify(engine, { marking, cases, accepted, own }, probes);
  return { task, marking, fields, cases, accepted, separability, own };
}

/** Refuses outputs that are asked for and that some case has no right answer to: nobody could earn their points. */
function refuseUnearnable(
  asked: readonly (readonly [pointer: string, output: string])[],
  cases: readonly Predicted[],
): void {
  const faults = asked.flatMap(([pointer, output]): Fault[] => {
    const without = cases.find(({ sample }) => sample.right[output as OutputName] === undefined);
    if (!without) return [];
    const bound =
      output === "loss"
        ? 'its reduction is "none", and a single loss needs "mean" or "sum"'
        : "it holds logits, and this needs inputs and weights";
    return [
      {
        pointer,
        detail: `is "${output}", which case ${JSON.stringify(without.sample.id.slice(0, 60))} does not have: ${bound}`,
      },
    ];
  });
  if (faults.length > 0) throw Problem.of(faults);
}

function fieldsOf(engine: Engine, arithmetic: Arithmetic, task: Task, k: number): Record<string, unknown> {
  const options = optionsOf(task);
  const one = task.cases[k]!;
  if (!one.generate) return { ...options, ...tensorsOf(one) };
  return repointing(within(`/task/cases/${k}`), () => drawSeparating(engine, arithmetic, task, one, options));
}

/** The first draw in which no two mistakes agree, or else the one with the fewest that do. */
function drawSeparating(
  engine: Engine,
  arithmetic: Arithmetic,
  task: Task,
  one: TaskCase,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const loss = findLoss(task.loss)!;
  let best: { fields: Record<string, unknown>; open: number } | undefined;
  const { rows = 1, columns = 1 } = one.generate!;
  const isOld = drawOf(loss, options, task) < 3;
  const attemptsOwn = isOld ? attemptsMax : attemptsOfDraw3;
  const attempts = Math.max(1, Math.min(attemptsOwn, Math.floor(attemptedLogitsMax / (rows * columns))));
  for (let attempt = 0; attempt < attempts && best?.open !== 0; attempt++) {
    const fields = { ...options, ...drawCase(loss, options, task, one, attempt), ...tensorsOf(one) };
    const sample = readCase(engine, loss, one.id, fields);
    const predicted = isOld ? knownThen(predict(sample, arithmetic, shapesThen)) : predict(sample, arithmetic);
    const open = ambiguousOf([predicted]).length;
    if (!best || open < best.open) best = { fields, open };
  }
  return best!.fields;
}

/** What the catalogue knew when draws 1 and 2 were chosen by it: one way to make each mistake of that time. */
function knownThen({ sample, predictions, multipliers, penalties }: Predicted): Predicted {
  const isOld = ({ mistake }: { readonly mistake: Mistake }) => mistake.since === undefined;
  const isFirst = (one: { readonly mistake: Mistake; readonly variant: number }) => isOld(one) && one.variant === 0;
  return {
    sample,
    predictions: predictions.filter(isOld),
    multipliers: multipliers.filter(isFirst),
    penalties: penalties.filter(isFirst),
  };
}

function sampleOf(
  engine: Engine,
  task: Task,
  k: number,
  fields: Readonly<Record<string, unknown>>,
  at = `/task/cases/${k}`,
): Sample {
  return repointing(within(at), () => readCase(engine, findLoss(task.loss)!, task.cases[k]!.id, fields));
}

/** A submission beside the right answers: what was compared and what the wrong numbers are. */
export interface Graded {
  /** What is wrong with the claims as such: then nothing was compared. */
  readonly faults: readonly Fault[];
  /** Outputs that are no numbers of their shape: they earn nothing. */
  readonly malformed: readonly Malformed[];
  readonly comparisons: readonly Comparison[];
  /** The claimed numbers of each case. */
  readonly claims: ReadonlyMap<string, Numbers>;
  /** The credit of the accepted options that all claims agree with; undefined where the task's own do, or none. */
  readonly convention?: { readonly index: number; readonly credit: number };
  readonly diagnosis: Diagnosis;
}

const nothing: Diagnosis = { status: "none", candidates: [], localisation: [] };

/** Compares and diagnoses one submission. It never throws: what a submission does wrong is a result. */
export function gradeClaims(prepared: PreparedTask, submission: Submission): Graded {
  const { task, marking, cases } = prepared;
  const samples = cases.map(({ sample }) => sample);
  const { faults, malformed, numbers: claims } = readClaims(submission, samples, task.squeeze);
  if (faults.length > 0) return { faults, malformed, claims, comparisons: [], diagnosis: nothing };
  const tolerances = tolerancesOf(marking, cases, claims);
  const isMalformed = ({ case: id, output }: Comparison) =>
    malformed.some((one) => one.case === id && one.output === output);
  const comparisons = samples
    .flatMap((sample) => compareAll(marking, sample, claims, tolerances))
    .map((one): Comparison => (isMalformed(one) ? { ...one, verdict: "malformed" } : one));
  const wrong = new Set(comparisons.flatMap(({ verdict, output }) => (verdict === "fail" ? [output] : [])));
  if (wrong.size === 0) return { faults, malformed, claims, comparisons, diagnosis: nothing };
  const convention = conventionOf(prepared, claims);
  const claimed = cases
    .filter(({ sample }) => claims.has(sample.id))
    .map(
      (predicted): Claimed => ({
        predicted,
        claims: only(marking.outputs, claims.get(predicted.sample.id)!),
        tolerances,
      }),
    );
  return {
    faults,
    malformed,
    claims,
    comparisons,
    ...(convention && { convention: { index: convention.accept, credit: convention.credit } }),
    diagnosis: diagnose(claimed, wrong),
  };
}

/** A case's fields under accepted options, which may have no mean: what the task says of one is left out then. */
function accepting(fields: Record<string, unknown>, options: Record<string, unknown>): Record<string, unknown> {
  const { mean_over: _over, on_empty: _empty, ...others } = fields;
  const isMean = options["reduction"] === undefined || options["reduction"] === "mean";
  return isMean ? { ...fields, ...options } : { ...others, ...options };
}
