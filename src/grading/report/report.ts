import type { Engine } from "../../engine/engine.ts";
import { jsonNumber } from "../../json/nonfinite.ts";
import { type Fault, Problem } from "../../problems.ts";
import { versionHeader } from "../../version.ts";
import { catalogueDigest, type Graded, gradeClaims, type PreparedTask, prepareTask } from "../grade.ts";
import { schemaFaults } from "../task/schema_faults.ts";
import { readTask, type Submission, submissionSchema } from "../task/task.ts";
import { explained, type StudentTree, studentTree } from "./feedback.ts";
import { type PartScore, type Score, scoreOf } from "./score.ts";

/** What POST /v1/grade replies, and `lossd grade` prints. The same request gives the same bytes. */
export interface Report {
  readonly submission?: string;
  readonly verdict: Score["verdict"];
  readonly score: number;
  readonly max_score: number;
  readonly parts: readonly ReturnType<typeof partOf>[];
  readonly diagnosis: ReturnType<typeof diagnosisOf>;
  readonly untested: readonly string[];
  /** In a batch: what is known of the submissions whose unexplained numbers are the same. */
  readonly cluster?: string;
  readonly student: StudentTree;
  readonly instructor: object;
  /** How a program that was run was kept from the answers; absent where none was run. */
  readonly protection?: { readonly unprotected: boolean; readonly means: string };
  readonly engine: { readonly version: string; readonly catalogue: string; readonly loss: string };
}

/** Reads and prepares a task, for any number of submissions. Throws a Problem (invalid_request). */
export function openTask(engine: Engine, task: unknown): PreparedTask {
  return prepareTask(engine, readTask(task));
}

/** A report, and what it was made of. */
export interface Reported {
  readonly report: Report;
  readonly graded: Graded;
}

/** Grades one submission. Throws a Problem only for what is no submission at all. */
export function gradeSubmission(prepared: PreparedTask, value: unknown): Report {
  return reportOn(prepared, value).report;
}

/** The same, with what was compared and found. */
export function reportOn(prepared: PreparedTask, value: unknown): Reported {
  const faults = schemaFaults(submissionSchema, value, "/submission");
  if (faults.length > 0) throw Problem.of(faults);
  const submission = value as Submission;
  const graded = gradeClaims(prepared, submission);
  const score = scoreOf(prepared, graded);
  const report: Report = {
    ...(submission.id !== undefined && { submission: submission.id }),
    verdict: score.verdict,
    score: score.score,
    max_score: score.maxScore,
    parts: score.parts.map(partOf),
    diagnosis: diagnosisOf(prepared, graded),
    untested: prepared.separability.untested,
    student: studentTree(prepared, submission, graded, score),
    instructor: instructorTree(prepared, graded),
    engine: { version: versionHeader, catalogue: catalogueDigest, loss: prepared.task.loss },
  };
  return { report, graded };
}

/** The same report, which says how the program was run, and to the student as well where nothing kept it apart. */
export function withProtection(report: Report, protection: NonNullable<Report["protection"]>): Report {
  if (!protection.unprotected) return { ...report, protection };
  const message = `${report.student.message} This run was unprotected.`;
  return { ...report, student: { ...report.student, message }, protection };
}

function partOf({ comparison, score, maxScore }: PartScore) {
  const { output, verdict, compared, mismatched, worst, atKink, profile } = comparison;
  return {
    output,
    case: comparison.case,
    verdict,
    score,
    max_score: maxScore,
    compared,
    mismatched,
    ...(worst && {
      worst: {
        pointer: worst.pointer,
        claimed: jsonNumber(worst.claimed),
        reference: jsonNumber(worst.reference),
        tolerance_used: jsonNumber(worst.toleranceUsed),
      },
    }),
    at_kink: atKink,
    profile,
  };
}

function diagnosisOf(prepared: PreparedTask, { diagnosis, convention, faults, malformed }: Graded) {
  const inForm = faults.length > 0 ? faults : malformed.map(({ pointer, detail }): Fault => ({ pointer, detail }));
  return {
    status: diagnosis.status,
    candidates: diagnosis.candidates.map((one) => explained(prepared, one)),
    ...(convention && { accepted: convention }),
    ...(diagnosis.localisation.length > 0 && { localisation: diagnosis.localisation }),
    ...(inForm.length > 0 && { format_errors: inForm.slice(0, 10) }),
  };
}

function instructorTree({ task, separability }: PreparedTask, { comparisons }: Graded): object {
  return {
    tolerance:
      "|claim − right| ≤ absolute·s·max(1, max|z|) + relative·|right|, s being the example's share in the loss",
    hidden_cases: task.cases.filter(({ visibility }) => visibility === "hidden").map(({ id }) => id),
    wrong_examples: comparisons
      .filter(({ verdict }) => verdict === "fail")
      .map((one) => ({
        output: one.output,
        case: one.case,
        examples: one.agreeing.flatMap((agrees, i) => (agrees ? [] : [i])).slice(0, 100),
      })),
    ambiguous: separability.ambiguous,
    untested: separability.untested,
  };
}
