import { performance } from "node:perf_hooks";
import { compute } from "../../engine/compute.ts";
import type { Engine } from "../../engine/engine.ts";
import { ExactSum } from "../../engine/exact_sum.ts";
import { joinPieces } from "../../json/pieces.ts";
import { isSpace, newline } from "../../json/scan.ts";
import type { Loss } from "../../losses/loss.ts";
import { Problem, problemMembers } from "../../problems.ts";
import type { Answer, BaseJob } from "../job.ts";
import { columnsOf } from "../steps.ts";
import { writeReply } from "../v1/reply.ts";
import { type JsonRequest, readRequest } from "../v1/request.ts";
import { type Line, takeApart } from "./line.ts";

/** Lines that are answered together, each a v1 request. */
export interface LinesJob extends BaseJob {
  readonly format: "lines";
  /** The number of the first line. */
  readonly first: number;
  /** Options for each line that does not have them itself: name → JSON text. */
  readonly options: Readonly<Record<string, string>>;
  /** Whether the replies are wanted, beside what goes into the summary. */
  readonly replies: boolean;
}

/** What is known of lines that were answered together. The sums are exact_sum.ts's chunks: exact, and not yet rounded. */
export interface LinesAnswered {
  readonly lines: number;
  readonly failed: number;
  readonly validCount: number;
  readonly lossSum: BigInt64Array;
  readonly weightSum: BigInt64Array;
}

export interface LinesAnswer extends Answer {
  readonly lines: LinesAnswered;
}

/** What the lines of one job have come to so far. */
class Answers {
  readonly pieces: Uint8Array[] = [];
  readonly losses: Float64Array[] = [];
  readonly weights: Float64Array[] = [];
  readonly timings = { parse: 0, compute: 0, print: 0 };
  lines = 0;
  failed = 0;
  rows = 0;
  columns = 0;
  validCount = 0;
}

/** Answers lines of NDJSON, each on its own: a bad one gets its problem, a blank one nothing. */
export function answerLines(loss: Loss, job: LinesJob, engine: Engine): LinesAnswer {
  const answers = new Answers();
  let number = job.first;
  for (const text of splitLines(job.body)) {
    if (!isBlank(text)) answerLine(loss, job, engine, { text, number }, answers);
    number++;
  }
  const [lossSum, weightSum] = [new ExactSum(), new ExactSum()];
  lossSum.addNumbers(engine, answers.losses);
  weightSum.addNumbers(engine, answers.weights);
  const { lines, failed, rows, columns, validCount, timings } = answers;
  return {
    ok: true,
    reply: [joinPieces(answers.pieces)],
    rows,
    columns,
    timings,
    lines: { lines, failed, validCount, lossSum: lossSum.chunks, weightSum: weightSum.chunks },
  };
}

function answerLine(
  loss: Loss,
  job: LinesJob,
  engine: Engine,
  { text, number }: { readonly text: Uint8Array; readonly number: number },
  answers: Answers,
): void {
  const { options, replies } = job;
  const { pieces, timings } = answers;
  answers.lines++;
  let id: string | undefined;
  try {
    const start = performance.now();
    const line = takeApart(text, options);
    id = line.id;
    engine.reset();
    const { batch, form } = readBody(engine, loss, line, job.elementsMax);
    const parsed = performance.now();
    const result = compute(engine, { ...batch, wantsSummands: true });
    const computed = performance.now();
    // With nonfinite "error" a reply is printed even if nobody reads it: printing finds the infinities.
    if (replies || form.nonfinite === "error") {
      const reply = writeReply(engine, result, form, { replyBytesMax: job.replyBytesMax });
      if (replies) pieces.push(Buffer.from(`${head(number, id)},`), reply.subarray(1), Buffer.of(newline));
    }
    timings.parse += parsed - start;
    timings.compute += computed - parsed;
    timings.print += performance.now() - computed;
    answers.losses.push(result.summands!.losses);
    answers.weights.push(result.summands!.weights);
    answers.validCount += result.valid_count;
    answers.rows += result.valid_count + result.ignored_count;
    answers.columns = columnsOf(batch);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    answers.failed++;
    if (replies) pieces.push(problemLine(error, number, id));
  }
}

/** Reads the request in a line. Of two faults, one of grammar is reported before that of the id. */
function readBody(engine: Engine, loss: Loss, { body, fault }: Line, elementsMax: number): JsonRequest {
  try {
    const request = readRequest(engine, loss, body, elementsMax);
    if (fault) throw fault;
    return request;
  } catch (error) {
    throw fault && error instanceof Problem && error.code === "invalid_request" ? fault : error;
  }
}

/** The line that answers one which failed. */
export function problemLine(problem: Problem, number: number, id?: string): Uint8Array {
  return Buffer.from(`${head(number, id)},${JSON.stringify(problemMembers(problem)).slice(1)}\n`);
}

/** How a reply line begins. */
export function head(number: number, id: string | undefined): string {
  return id === undefined ? `{"line":${number}` : `{"line":${number},"id":${id}`;
}

/** The id of a line that could not be answered, if it can be read. */
export function idOf(text: Uint8Array): string | undefined {
  try {
    return takeApart(text, {}).id;
  } catch {
    return undefined;
  }
}

/** The lines of a text, without their ends. */
export function* splitLines(text: Uint8Array): Generator<Uint8Array> {
  const buffer = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  let start = 0;
  while (start < text.length) {
    const at = buffer.indexOf(newline, start);
    const end = at < 0 ? text.length : at;
    yield text.subarray(start, end);
    start = end + 1;
  }
}

/** Whether there is nothing but white space. */
export function isBlank(text: Uint8Array): boolean {
  return text.every(isSpace);
}
