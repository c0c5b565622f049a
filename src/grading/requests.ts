import type { Engine } from "../engine/engine.ts";
import { objectHint } from "../json/hints.ts";
import { didYouMean } from "../losses/hints/nearest.ts";
import type { Loss } from "../losses/loss.ts";
import { type Fault, Problem, repointing } from "../problems.ts";
import { type Change, changesOf } from "./certificate/advice.ts";
import type { Separability } from "./certificate/certify.ts";
import { prepareTask } from "./grade.ts";
import { mistakes } from "./mistakes/catalogue.ts";
import { gradeSubmission, openTask, type Report } from "./report/report.ts";
import { outputNames } from "./task/sample.ts";
import { optionsOf, readTask } from "./task/task.ts";

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, what: string, allowed?: readonly string[], at = ""): Fields {
  if (value === undefined) throw Problem.of([{ pointer: at, detail: `is missing: it holds ${what}` }]);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw Problem.of([{ pointer: at, detail: `must be an object with ${what}${objectHint(value)}` }]);
  }
  const faults: Fault[] = Object.keys(value)
    .filter((name) => allowed && !allowed.includes(name))
    .map((name) => {
      const hint = didYouMean(name, allowed!);
      return {
        pointer: `${at}/${name.slice(0, 200)}`,
        detail: `is no field here${hint && ` (${hint})`}: it takes ${what}`,
      };
    });
  if (faults.length > 0) throw Problem.of(faults);
  return value as Fields;
}

/** What POST /v1/losses/{loss}/check replies: is the claim right, and if not, which mistake is it? */
export type Check = Pick<Report, "verdict" | "parts" | "diagnosis" | "untested" | "engine">;

const batchId = "batch";
/** What only a task says. */
const gradingFields = [
  "loss",
  "cases",
  "generate",
  "parts",
  "accept",
  "credit",
  "rows_credit",
  "feedback",
  "sentences",
  "mistakes",
];

/**
 * Compares one claim with one batch. `body` is a compute request and `claim` {loss, losses, gradients}; tolerance as in
 * a task. Throws a Problem (invalid_request).
 */
export function check(engine: Engine, loss: Loss, body: unknown): Check {
  const { claim, tolerance, ...request } = fieldsOf(body, "a batch and its claim");
  const faults = gradingFields
    .filter((name) => Object.hasOwn(request, name))
    .map((name) => ({ pointer: `/${name}`, detail: "is no field of a check: it is a batch, a claim and a tolerance" }));
  if (faults.length > 0) throw Problem.of(faults);
  const claimed = fieldsOf(claim, outputNames.join(", "), outputNames, "/claim");
  const outputs = outputNames.filter((output) => claimed[output] !== undefined && claimed[output] !== null);
  const inBody = (pointer: string) =>
    pointer
      .replace(/^\/task\/parts\/(\d+)\/output$/, (_, i) => `/claim/${outputs[Number(i)]}`)
      .replace(/^\/task(?:\/cases\/0)?/, "");
  const prepared = repointing(inBody, () =>
    openTask(engine, {
      loss: loss.name,
      ...(tolerance !== undefined && { tolerance }),
      cases: [{ id: batchId }],
      ...(outputs.length > 0 && { parts: outputs.map((output) => ({ output, points: 1 })) }),
      ...request,
    }),
  );
  if (outputs.length === 0)
    throw Problem.of([{ pointer: "/claim", detail: `is empty: it holds ${outputNames.join(", ")}` }]);
  const submission = { claims: [{ case: batchId, ...claimed }] };
  const report = gradeSubmission(prepared, submission);
  const { verdict, untested, engine: made } = report;
  const inClaim = ({ pointer, detail }: Fault) => ({
    pointer: pointer.replace("/submission/claims/0", "/claim"),
    detail,
  });
  const errors = report.diagnosis.format_errors?.map(inClaim);
  const diagnosis = { ...report.diagnosis, ...(errors && { format_errors: errors }) };
  return { verdict, parts: report.parts, diagnosis, untested, engine: made };
}

/** What is right or wrong, and nothing that has a number in it. */
export interface Verdict {
  readonly verdict: Check["verdict"];
  readonly parts: readonly Pick<Check["parts"][number], "output" | "verdict">[];
  readonly format_errors?: readonly Fault[];
}

/**
 * A check as students may have it: its verdicts alone. The tolerance is not theirs to set, since a wide one would tell
 * in how large an interval the right number lies. Throws a Problem (invalid_request).
 */
export function verdictOf(engine: Engine, loss: Loss, body: unknown): Verdict {
  if (Object.hasOwn(fieldsOf(body, "a batch and its claim"), "tolerance")) {
    throw Problem.of([{ pointer: "/tolerance", detail: "is not taken by this service, which answers verdicts alone" }]);
  }
  const { verdict, parts, diagnosis } = check(engine, loss, body);
  return {
    verdict,
    parts: parts.map((part) => ({ output: part.output, verdict: part.verdict })),
    ...(diagnosis.format_errors && { format_errors: diagnosis.format_errors }),
  };
}

/** What POST /v1/grade replies for {task, submission}. Throws a Problem (invalid_request). */
export function grade(engine: Engine, body: unknown): Report {
  const { task, submission } = fieldsOf(body, "task and submission", ["task", "submission"]);
  return gradeSubmission(openTask(engine, task), submission);
}

/** The task of {task}, whatever it is. Throws a Problem (invalid_request). */
export function taskIn(body: unknown): unknown {
  return fieldsOf(body, "task", ["task"])["task"];
}

/** The cases of a task as they are computed, those that are drawn included, and what they can show. */
export interface Cases {
  readonly cases: readonly Fields[];
  readonly separability: Separability;
  /** What to change so that more mistakes show. */
  readonly changes: readonly Change[];
}

/** What POST /v1/cases replies for {task}. Throws a Problem (invalid_request). */
export function cases(engine: Engine, body: unknown): Cases {
  const task = readTask(taskIn(body));
  const prepared = prepareTask(engine, task);
  const { separability, fields } = prepared;
  const options = optionsOf(task);
  const drawn = task.cases.map(({ generate, ...one }, k) => {
    if (!generate) return one;
    const tensors = Object.entries(fields[k]!).filter(([name]) => !Object.hasOwn(options, name));
    return { ...one, ...Object.fromEntries(tensors) };
  });
  return { cases: drawn, separability, changes: changesOf(engine, prepared) };
}

/** What GET /v1/mistakes replies: the catalogue as data. */
export function catalogue(): { readonly mistakes: readonly object[] } {
  return {
    mistakes: mistakes.map((mistake) => ({
      id: mistake.id,
      kind: mistake.kind,
      losses: mistake.losses,
      formula: mistake.formula,
      ...(mistake.kind === "factor" && { factor: mistake.factor }),
      student: mistake.student,
      instructor: mistake.instructor,
      source: mistake.source,
    })),
  };
}
