import type { ProblemData } from "../problems.ts";
import type { Share } from "./parts/json_rows.ts";
import type { Seams } from "./v1/reply.ts";

/** What a worker computes: one request, as bytes, for one loss. */
export interface Job {
  /** A name or alias that the registry knows; "" where the body or the task names it. */
  readonly loss: string;
  /**
   * How the body is written: a v1 request in JSON, the query of a curve, a v2 request, lines of requests, or a request of
   * grading. JSON if it is absent.
   */
  readonly format?: "json" | "curve" | "v2" | "lines" | "check" | "grade" | "cases";
  /** v2: bytes of JSON before the binary tensors; absent where all of the body is JSON. */
  readonly jsonLength?: number;
  /**
   * The task of a batch of submissions, {task: {…}}: the body is one submission, or with `lines` one a line. The key is
   * the same for all of the batch.
   */
  readonly task?: { readonly key: string; readonly body: Uint8Array };
  /** UTF-8. Over a SharedArrayBuffer, or short: a task whose worker died is tried once more. */
  readonly body: Uint8Array;
  /** Shared memory that a large reply goes into. It is used again: fresh memory comes page by page. */
  readonly room?: Uint8Array;
  /** In one request: one of the lines, where there are several. */
  readonly elementsMax: number;
  /** Of lines only. */
  readonly lines?: LinesToAnswer;
  /** One of several parts that run at the same time: its place among them, and the memory that they share. */
  readonly part?: Share & { readonly memory: SharedArrayBuffer };
}

/** What lines share that are answered together. */
export interface LinesToAnswer {
  /** The number of the first one. */
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

/** What is known of submissions that were graded together. */
export interface LinesGraded {
  readonly lines: number;
  readonly failed: number;
  /** How many reports have each verdict, and name each mistake. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly mistakes: Readonly<Record<string, number>>;
  /** The sum of the reports' scores, as a fraction: exact. */
  readonly score: { readonly numerator: bigint; readonly denominator: bigint };
}

/** Milliseconds spent in each stage, for the server-timing header. */
export interface Timings {
  readonly parse: number;
  readonly compute: number;
  readonly print: number;
}

export interface Answer {
  readonly ok: true;
  /** UTF-8 JSON, ready to be sent, in pieces; in v2 binary tensors may follow it; of lines, as many lines. */
  readonly reply: readonly Uint8Array[];
  /** v2: bytes of JSON before the binary tensors; absent where there are none. */
  readonly jsonLength?: number;
  readonly rows: number;
  readonly columns: number;
  readonly timings: Timings;
  /** Of lines only. */
  readonly lines?: LinesAnswered;
  /** Of submissions in lines only. */
  readonly graded?: LinesGraded;
  /** Of a part's answer: where the parts' numbers go together. */
  readonly seams?: Seams;
}

export interface Refusal {
  readonly ok: false;
  readonly problem: ProblemData;
}

export type JobResult = Answer | Refusal;
