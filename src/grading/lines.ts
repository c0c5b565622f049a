import { performance } from "node:perf_hooks";
import { readDocument } from "../json/document.ts";
import { joinPieces } from "../json/pieces.ts";
import { Problem } from "../problems.ts";
import type { BaseJob } from "../wire/job.ts";
import { takeApart } from "../wire/ndjson/line.ts";
import { head, isBlank, problemLine, splitLines } from "../wire/ndjson/lines.ts";
import { fingerprintOf } from "./clusters/fingerprint.ts";
import type { PreparedTask } from "./grade.ts";
import { type Report, reportOn } from "./report/report.ts";
import { type GradedAnswer, GradeTotals } from "./report/totals.ts";

/** Submissions to one task that are graded together, one a line. */
export interface GradedLinesJob extends BaseJob {
  readonly format: "graded_lines";
  /** The task, {task: {…}}, under a key that is the same for all of its lines. */
  readonly task: { readonly key: string; readonly body: Uint8Array };
  /** The number of the first line. */
  readonly first: number;
  /** Whether the reports are wanted, beside what goes into the summary. */
  readonly replies: boolean;
}

/** Grades submissions, one a line, each on its own: a bad one gets its problem, a blank one nothing. */
export function gradeLines(
  prepared: PreparedTask,
  { body, first, replies, elementsMax }: GradedLinesJob,
): GradedAnswer {
  const pieces: Uint8Array[] = [];
  const totals = new GradeTotals();
  const start = performance.now();
  let number = first;
  for (const text of splitLines(body)) {
    if (!isBlank(text)) {
      const piece = gradeLine(prepared, text, elementsMax, number, totals);
      if (replies) pieces.push(piece);
    }
    number++;
  }
  const timings = { parse: 0, compute: performance.now() - start, print: 0 };
  const graded = totals.counted;
  return { ok: true, reply: [joinPieces(pieces)], rows: graded.lines, columns: 1, timings, graded };
}

function gradeLine(
  prepared: PreparedTask,
  text: Uint8Array,
  elementsMax: number,
  number: number,
  totals: GradeTotals,
): Uint8Array {
  let id: string | undefined;
  try {
    const line = takeApart(text, {});
    id = line.id;
    const document = readDocument(line.body, elementsMax);
    if (line.fault) throw line.fault;
    const { report, graded } = reportOn(prepared, withId(document, id));
    totals.addReport(report, number, fingerprintOf(prepared, graded));
    return Buffer.from(`${head(number, id)},${JSON.stringify(report).slice(1)}\n`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    totals.addFailure();
    return problemLine(error.repointed(inLine), number, id);
  }
}

/** The caller's id, a string or a whole number, is the submission's. */
function withId(document: unknown, id: string | undefined): unknown {
  if (id === undefined || typeof document !== "object" || document === null || Array.isArray(document)) return document;
  return { id: String(JSON.parse(id)), ...document };
}

/** A line is a submission: its faults lie in itself. */
function inLine(pointer: string): string {
  return pointer.replace(/^\/submission/, "");
}

/** A report that was read back from its line; undefined for a line that holds none. */
export function reportIn(line: string): Report | undefined {
  const value = JSON.parse(line) as Report & { readonly line?: number };
  return value.line !== undefined && value.verdict !== undefined ? value : undefined;
}
