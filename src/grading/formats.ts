import { performance } from "node:perf_hooks";
import type { Engine } from "../engine/engine.ts";
import { engine } from "../engine/instance.ts";
import { readDocument } from "../json/document.ts";
import type { Format } from "../wire/format.ts";
import type { Answer, BaseJob } from "../wire/job.ts";
import { lossOf } from "../wire/steps.ts";
import type { PreparedTask } from "./grade.ts";
import { type GradedLinesJob, gradeLines } from "./lines.ts";
import { openTask } from "./report/report.ts";
import type { GradedAnswer } from "./report/totals.ts";
import { cases, check, grade, taskIn, verdictOf } from "./requests.ts";
import { boundDrawing } from "./task/task.ts";

/** A batch for one loss, and a claim of what it comes to. */
export interface CheckJob extends BaseJob {
  readonly format: "check";
}

/** The same, for a student: it is told verdicts alone. */
export interface VerdictJob extends BaseJob {
  readonly format: "verdict";
}

/** A task and one submission to it. */
export interface GradeJob extends BaseJob {
  readonly format: "grade";
}

/** A task, whose cases are drawn. */
export interface CasesJob extends BaseJob {
  readonly format: "cases";
}

const checkFormat: Format<CheckJob> = {
  answer: (job) => answerDocument(job, (body) => check(engine(), lossOf(job), body)),
};

const verdictFormat: Format<VerdictJob> = {
  answer: (job) => answerDocument(job, (body) => verdictOf(engine(), lossOf(job), body)),
};

const gradeFormat: Format<GradeJob> = {
  answer: (job) =>
    answerDocument(job, (body) => {
      boundDrawing(taskOf(body), job.elementsMax);
      return grade(engine(), body);
    }),
};

const casesFormat: Format<CasesJob> = {
  answer: (job) =>
    answerDocument(job, (body) => {
      boundDrawing(taskOf(body), job.elementsMax);
      return cases(engine(), body);
    }),
};

const gradedLinesFormat: Format<GradedLinesJob, GradedAnswer> = {
  answer: (job) => gradeLines(preparedTask(engine(), job), job),
};

/** The formats of grading. Only workers answer them: a body is short beside the work that it asks for. */
export const gradingFormats = {
  check: checkFormat,
  verdict: verdictFormat,
  grade: gradeFormat,
  cases: casesFormat,
  graded_lines: gradedLinesFormat,
};

/** Reads a JSON body, answers it, and prints the reply. Throws a Problem for what the caller did wrong. */
function answerDocument(job: BaseJob, run: (body: unknown) => unknown): Answer {
  const start = performance.now();
  const body = readDocument(job.body, job.elementsMax);
  const parsed = performance.now();
  const reply = run(body);
  const computed = performance.now();
  const bytes = new TextEncoder().encode(JSON.stringify(reply));
  const timings = { parse: parsed - start, compute: computed - parsed, print: performance.now() - computed };
  return { ok: true, reply: [bytes], rows: 1, columns: 1, timings };
}

/** The task of a body that may be anything. */
function taskOf(body: unknown): unknown {
  return (body as { task?: unknown } | null)?.task;
}

/** Tasks of batches that are graded now: each is prepared once in a worker, not once a submission. */
const preparedMax = 8;
const prepared = new Map<string, PreparedTask>();

function preparedTask(engine: Engine, { task: { key, body }, elementsMax }: GradedLinesJob): PreparedTask {
  const known = prepared.get(key);
  if (known) return known;
  const given = taskIn(readDocument(body, elementsMax));
  boundDrawing(given, elementsMax);
  const task = openTask(engine, given);
  const [oldest] = prepared.keys();
  if (prepared.size >= preparedMax && oldest !== undefined) prepared.delete(oldest);
  prepared.set(key, task);
  return task;
}
