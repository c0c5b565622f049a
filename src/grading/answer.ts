import { performance } from "node:perf_hooks";
import type { Engine } from "../engine/engine.ts";
import { readDocument } from "../json/document.ts";
import { findLoss } from "../losses/registry.ts";
import { Problem } from "../problems.ts";
import type { Job, JobResult } from "../wire/job.ts";
import type { PreparedTask } from "./grade.ts";
import { gradeLines } from "./lines.ts";
import { gradeSubmission, openTask } from "./report/report.ts";
import { cases, check, grade, taskIn } from "./requests.ts";
import { boundDrawing } from "./task/task.ts";

/** Tasks of batches that are graded now: each is prepared once in a worker, not once a submission. */
const preparedMax = 8;
const prepared = new Map<string, PreparedTask>();

/** Whether a job is one of grading. */
export function isGrading({ format }: Job): boolean {
  return format === "check" || format === "grade" || format === "cases";
}

/** Bytes in, bytes out, like wire's answer. What the caller did wrong is a result, not an exception. */
export function answerGrading(engine: Engine, job: Job): JobResult {
  try {
    if (job.lines) return gradeLines(taskOf(engine, job.task!, job.elementsMax), job);
    const start = performance.now();
    const body = readDocument(job.body);
    const parsed = performance.now();
    const reply = run(engine, job, body);
    const computed = performance.now();
    const bytes = new TextEncoder().encode(JSON.stringify(reply));
    const timings = { parse: parsed - start, compute: computed - parsed, print: performance.now() - computed };
    return { ok: true, reply: [bytes], rows: 1, columns: 1, timings };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.data };
    throw error;
  }
}

function run(engine: Engine, job: Job, body: unknown): unknown {
  if (job.format !== "check") boundDrawing((body as { task?: unknown } | null)?.task, job.elementsMax);
  if (job.format === "cases") return cases(engine, body);
  if (job.format === "check") return check(engine, findLoss(job.loss)!, body);
  return job.task ? gradeSubmission(taskOf(engine, job.task, job.elementsMax), body) : grade(engine, body);
}

function taskOf(engine: Engine, { key, body }: NonNullable<Job["task"]>, elementsMax: number): PreparedTask {
  const known = prepared.get(key);
  if (known) return known;
  const given = taskIn(readDocument(body));
  boundDrawing(given, elementsMax);
  const task = openTask(engine, given);
  const [oldest] = prepared.keys();
  if (prepared.size >= preparedMax && oldest !== undefined) prepared.delete(oldest);
  prepared.set(key, task);
  return task;
}
