import { jsonNumber } from "../../json/nonfinite.ts";
import type { Fault } from "../../problems.ts";
import type { Candidate, Named } from "../diagnosis/diagnose.ts";
import type { Graded, PreparedTask } from "../grade.ts";
import { findMistake } from "../mistakes/catalogue.ts";
import { type OutputName, outputNames } from "../task/sample.ts";
import type { Submission, Task } from "../task/task.ts";
import type { PartScore, Score } from "./score.ts";
import { sentenceOf } from "./sentences.ts";

/** What the student sees: a whitelist. Hidden cases appear as counts alone, whatever the feedback's level. */
export interface StudentTree {
  readonly verdict: Score["verdict"];
  readonly score: number;
  readonly max_score: number;
  readonly message: string;
  readonly parts: readonly StudentPart[];
  readonly mistakes?: readonly {
    readonly id: string;
    readonly outputs: readonly OutputName[];
    readonly sentence: string;
  }[];
}

interface StudentPart {
  readonly output: OutputName;
  readonly case: string;
  readonly verdict: string;
  readonly score: number;
  readonly max_score: number;
  readonly location?: { readonly pointer: string; readonly mismatched: number; readonly compared: number };
  readonly values?: { readonly claimed: unknown; readonly reference: unknown };
}

const levels = ["verdict", "diagnosis", "location", "values"];

export function studentTree(prepared: PreparedTask, { claims }: Submission, graded: Graded, score: Score): StudentTree {
  const { task } = prepared;
  const level = levels.indexOf(task.feedback ?? "diagnosis");
  const hidden = new Set(task.cases.filter(({ visibility }) => visibility === "hidden").map(({ id }) => id));
  const parts = score.parts.filter(({ comparison }) => !hidden.has(comparison.case));
  return {
    verdict: score.verdict,
    score: score.score,
    max_score: score.maxScore,
    message: messageOf(task, graded, score, claims),
    parts: parts.map((part) => studentPart(part, level)),
    ...(level >= 1 && {
      mistakes: namedMistakes(graded).map(({ id, outputs }) => ({
        id,
        outputs,
        sentence: sentenceOf(id, outputs, { ...ownSentences(prepared), ...task.sentences }),
      })),
    }),
  };
}

function studentPart({ comparison, score, maxScore }: PartScore, level: number): StudentPart {
  const { output, verdict, worst, mismatched, compared } = comparison;
  const failed = verdict === "fail" && worst !== undefined;
  return {
    output,
    case: comparison.case,
    verdict,
    score,
    max_score: maxScore,
    ...(level >= 2 && failed && { location: { pointer: worst.pointer, mismatched, compared } }),
    ...(level >= 3 &&
      failed && { values: { claimed: jsonNumber(worst.claimed), reference: jsonNumber(worst.reference) } }),
  };
}

/** A student is told of a mistake only where nothing else explains the numbers: a wrong hint costs an evening. */
function namedMistakes({ diagnosis, convention }: Graded): readonly Named[] {
  const named = diagnosis.status === "confirmed" || diagnosis.status === "likely";
  if (!named || convention?.credit === 1) return [];
  return diagnosis.candidates.flatMap(({ named: mistakes }) => mistakes);
}

/** "All visible parts" is all that a pass may say while there are hidden ones: their points come on top of this. */
function messageOf(
  task: Task,
  { faults, malformed, comparisons }: Graded,
  { verdict }: Score,
  claims: readonly unknown[],
): string {
  const inForm = (list: readonly Fault[]) =>
    [...new Set(list.map((one) => faultOf(one, task.cases, claims)))].join("; ");
  if (verdict === "format_error") return `Nothing was graded. ${inForm(faults)}.`;
  const visible = new Set(task.cases.filter(({ visibility }) => visibility !== "hidden").map(({ id }) => id));
  const hidden = task.cases.length - visible.size;
  // What is missing of hidden cases is for the program to decide, which has seen them.
  const missing = comparisons.filter((one) => one.verdict === "missing" && visible.has(one.case)).length;
  const cases = hidden === 0 ? "" : ` The score counts ${hidden} hidden ${hidden === 1 ? "case" : "cases"} too.`;
  if (verdict === "pass") return `All parts are right.${cases}`;
  const lost = missing === 0 ? "" : ` ${missing} ${missing === 1 ? "answer is" : "answers are"} missing.`;
  const form = malformed.length === 0 ? "" : ` Not graded: ${inForm(malformed)}.`;
  return `Some parts are not right.${lost}${form}${cases}`;
}

/** A fault by its case and output, where it is of a visible case: of anything else no word, which could tell hidden inputs. */
function faultOf({ pointer, detail }: Fault, cases: Task["cases"], claims: readonly unknown[]): string {
  const [, index, output] = /^\/submission\/claims\/(\d+)\/(\w+)$/.exec(pointer) ?? [];
  const name = (claims[Number(index)] as { case?: unknown } | null | undefined)?.case;
  const known = cases.find(({ id }) => id === name);
  if (!known || !outputNames.some((one) => one === output)) return "a claim does not have the right form";
  if (known.visibility === "hidden") return `hidden cases: ${output} does not have the right form`;
  return `${known.id}: ${output} ${detail}`;
}

/** A candidate with the catalogue's words, for the instructor. */
export function explained(prepared: PreparedTask, { id, also, factor, kind, outputs, named }: Candidate) {
  const sentences = ownSentences(prepared);
  const entries = named.map(({ id }) => prepared.own.find((one) => one.id === id) ?? findMistake(id)!);
  return {
    id,
    ...(also !== undefined && { also }),
    ...(factor !== undefined && { factor }),
    kind,
    outputs,
    student: named.map((one) => sentenceOf(one.id, one.outputs, sentences)).join(" "),
    instructor: entries.map(({ instructor }) => instructor).join(" "),
    source: entries.map(({ source }) => source).join("; "),
  };
}

/** What a task says to the students who make its own mistakes. */
function ownSentences({ own }: PreparedTask): Readonly<Record<string, string>> {
  return Object.fromEntries(own.map(({ id, student }) => [id, student]));
}
