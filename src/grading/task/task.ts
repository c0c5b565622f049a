import { type Static, Type } from "typebox";
import { lossHint } from "../../losses/hints/names.ts";
import { findLoss } from "../../losses/registry.ts";
import { type Fault, Problem } from "../../problems.ts";
import { digitsMin } from "../compare/printing.ts";
import { findTolerance, profiles } from "../compare/tolerance.ts";
import { findMistake } from "../mistakes/catalogue.ts";
import { ownFaults } from "../own/faults.ts";
import { ownMistakeSchema } from "../own/schema.ts";
import { drawingFaults, generateSchema } from "./generate.ts";
import { outputNames } from "./sample.ts";
import { quote, schemaFaults } from "./schema_faults.ts";
import { misspelled } from "./unknown_fields.ts";

/** Cases, claims and parts of one task: more would make one request a batch of its own. */
const listMax = 1000;
const textMax = 2000;

const id = Type.String({ minLength: 1, maxLength: 200 });
const credit = Type.Number({ minimum: 0, maximum: 1, description: "The share of the points that it earns." });

/**
 * Beside these a case holds the fields of a request body: logits, labels, weights, masks; or, in place of logits, a linear
 * model: inputs [N, D], weights [D, C], bias [C] and l2.
 */
const caseFields = {
  id,
  visibility: Type.Optional(
    Type.Enum(["visible", "hidden"], {
      default: "visible",
      description: "hidden: the student learns the verdict alone.",
    }),
  ),
  generate: Type.Optional(generateSchema),
};

const partSchema = Type.Object(
  { output: Type.Enum(outputNames as string[]), points: Type.Number({ minimum: 0, maximum: 1e6 }) },
  { additionalProperties: false },
);

/** Beside these a task holds the loss's options, the same for every case. */
const taskFields = {
  loss: Type.String({ description: "A loss or an alias." }),
  cases: Type.Array(Type.Object(caseFields, { additionalProperties: true }), { minItems: 1, maxItems: listMax }),
  parts: Type.Optional(
    Type.Array(partSchema, {
      minItems: 1,
      maxItems: outputNames.length,
      description:
        "What is asked for, with points that are spread evenly over the cases, each of which has to have it: a loss needs the reduction mean or sum, gradients of a model its inputs and weights. All outputs that the cases have, a point each, by default.",
    }),
  ),
  tolerance: Type.Optional(
    Type.String({
      default: "auto",
      description: `How close is right: ${Object.keys(profiles).join(", ")}, rounded:d (decimals), significant:d (digits), or auto: float64, unless all claims of an output are float32 or rounded.`,
    }),
  ),
  min_digits: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 15,
      default: digitsMin,
      description:
        "Under the tolerance auto: claims that are rounded to so many decimals or significant digits, or more, are right where the rounded right answer is.",
    }),
  ),
  squeeze: Type.Optional(
    Type.Boolean({
      default: false,
      description: "Axes of length 1 count for nothing: losses of shape [N, 1] are taken for [N].",
    }),
  ),
  accept: Type.Optional(
    Type.Array(Type.Object({ credit }, { additionalProperties: true }), {
      maxItems: 20,
      description: "Options under which an answer is right too, with the credit that it then earns.",
    }),
  ),
  credit: Type.Optional(
    Type.Unsafe<Record<string, number>>({
      type: "object",
      additionalProperties: credit,
      description: "Credit for a diagnosed mistake, by its id.",
    }),
  ),
  rows_credit: Type.Optional(
    Type.Boolean({ default: false, description: "A part that fails earns the share of its examples that are right." }),
  ),
  feedback: Type.Optional(
    Type.Enum(["verdict", "diagnosis", "location", "values"], {
      default: "diagnosis",
      description: "How much the student's tree says; each step holds those before it.",
    }),
  ),
  mistakes: Type.Optional(
    Type.Array(ownMistakeSchema, {
      maxItems: 20,
      description: "The teacher's own mistakes, which are named like those of the catalogue.",
    }),
  ),
  draw: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 3,
      description:
        "How cases are drawn: 1 as at first, by seeds; 2 by a secret, so that what is seen of a case tells nothing else; 3 by a secret or seeds, with every combination of label and side of a kink, and zeros among targets. By default 1, and 3 for losses with a margin.",
    }),
  ),
  secret: Type.Optional(
    Type.String({
      pattern: "^[0-9a-f]{32}$",
      description: "128 random bits as hex digits, from which draws 2 and 3 draw every case, each by its id.",
    }),
  ),
  files: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      minItems: 1,
      maxItems: 20,
      description: "What lossd run takes of a submission's folder: compute.py by default.",
    }),
  ),
  sentences: Type.Optional(
    Type.Unsafe<Record<string, string>>({
      type: "object",
      additionalProperties: Type.String({ maxLength: textMax }),
      description: "The teacher's own sentence for a mistake, by its id.",
    }),
  ),
};

export const taskSchema = Type.Object(taskFields, { additionalProperties: true });
export type Task = Static<typeof taskSchema>;
export type TaskCase = Task["cases"][number];

const outputs = Object.fromEntries(outputNames.map((output) => [output, Type.Optional(Type.Unknown())]));
const closed = {
  additionalProperties: false,
  description: "Numbers, nested or flat; infinities and NaN as strings; null is missing.",
};

export const claimSchema = Type.Object({ case: id, ...outputs }, closed);

/** A claim about the one batch that stands beside it. */
export const claimedSchema = Type.Object(outputs, closed);

export const submissionSchema = Type.Object(
  { id: Type.Optional(id), claims: Type.Array(Type.Unknown(), { maxItems: listMax }) },
  { additionalProperties: false },
);
export type Submission = Static<typeof submissionSchema>;

/** Options of the loss that every case shares: what a task holds beside its own fields. */
export function optionsOf(task: Task): Record<string, unknown> {
  return Object.fromEntries(Object.entries(task).filter(([name]) => !Object.hasOwn(taskFields, name)));
}

/** A case's tensors: what it holds beside its own fields. */
export function tensorsOf(one: TaskCase): Record<string, unknown> {
  return Object.fromEntries(Object.entries(one).filter(([name]) => !Object.hasOwn(caseFields, name)));
}

/** A task as it is meant, or a Problem (invalid_request) that names every fault of its own fields. */
export function readTask(value: unknown): Task {
  const faults = schemaFaults(taskSchema, value, "/task");
  if (faults.length > 0) throw Problem.of(faults);
  const task = value as Task;
  faults.push(...contradictions(task));
  if (faults.length > 0) throw Problem.of(faults);
  return task;
}

function contradictions(task: Task): Fault[] {
  const faults: Fault[] = [];
  const loss = findLoss(task.loss);
  if (loss) {
    faults.push(...misspelled(task, Object.keys(taskFields), loss, "/task"));
    const misspelledIn = (one: TaskCase, k: number) =>
      misspelled(one, Object.keys(caseFields), loss, `/task/cases/${k}`);
    faults.push(...task.cases.flatMap(misspelledIn));
  } else {
    const hint = lossHint(task.loss);
    faults.push({ pointer: "/task/loss", detail: `is ${quote(task.loss)}, which is no loss${hint && `: ${hint}`}` });
  }
  const tolerance = task.tolerance ?? "auto";
  if (tolerance !== "auto" && !findTolerance(tolerance)) {
    const names = `auto, ${Object.keys(profiles).join(", ")}, rounded:d or significant:d`;
    faults.push({ pointer: "/task/tolerance", detail: `is ${quote(tolerance)}, but must be ${names}` });
  }
  if (tolerance !== "auto" && task.min_digits !== undefined) {
    faults.push({ pointer: "/task/min_digits", detail: "is for the tolerance auto: another one finds no rounding" });
  }
  faults.push(...drawingFaults(task));
  for (const [field, repeated] of [
    ["cases", twice(task.cases.map(({ id }) => id))],
    ["parts", twice((task.parts ?? []).map(({ output }) => output))],
  ] as const) {
    if (repeated !== undefined) faults.push({ pointer: `/task/${field}`, detail: `hold ${quote(repeated)} twice` });
  }
  const own = task.mistakes ?? [];
  faults.push(...ownFaults(own, (id) => findMistake(id) !== undefined));
  for (const field of ["credit", "sentences"] as const) {
    for (const name of Object.keys(task[field] ?? {})) {
      if (findMistake(name) || own.some(({ id }) => id === name)) continue;
      faults.push({
        pointer: `/task/${field}`,
        detail: `names ${quote(name)}, which is no mistake: see GET /v1/mistakes`,
      });
    }
  }
  return faults;
}

function twice(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

/** A logit that is drawn costs as much as so many that are given: every mistake is computed for it, more than once. */
const drawnWeight = 50;

/** Refuses a task that would draw more numbers than a request may hold: a few words ask for a million. */
export function boundDrawing(task: unknown, elementsMax: number): void {
  const { cases } = (task ?? {}) as { cases?: unknown };
  if (!Array.isArray(cases)) return;
  let elements = 0;
  for (const one of cases) {
    const { rows = 1, columns = 1, features = 0 } = (one as Partial<TaskCase> | null)?.generate ?? {};
    elements += rows * columns + (rows + columns) * features;
  }
  const drawnMax = Math.floor(elementsMax / drawnWeight);
  if (elements <= drawnMax) return;
  const detail = `the cases draw ${elements} logits, more than ${drawnMax}: GRADING_ELEMENTS_MAX / ${drawnWeight}`;
  throw new Problem("too_many_elements", detail);
}
