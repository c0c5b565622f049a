import type { ProblemData } from "../problems.ts";

/** What a worker computes: one request, as bytes, for one loss. */
export interface Job {
  /** A name or alias that the registry knows. */
  readonly loss: string;
  /**
   * How the body is written: a v1 request in JSON, the query of a curve, lines of requests, or a request of grading. JSON
   * if it is absent.
   */
  readonly format?: "json" | "curve" | "lines" | "check" | "grade" | "cases";
  /** The task of a batch of submissions: the body is one submission. The key is the same for all of the batch. */
  readonly task?: { readonly key: string; readonly body: Uint8Array };
  /** UTF-8. Over a SharedArrayBuffer, or short: a task whose worker died is tried once more. */
  readonly body: Uint8Array;
  /** In one request: one of the lines, where there are several. */
  readonly elementsMax: number;
  /** Of lines only. */
  readonly lines?: LinesToAnswer;
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

/** Milliseconds spent in each stage, for the server-timing header. */
export interface Timings {
  readonly parse: number;
  readonly compute: number;
  readonly print: number;
}

export interface Answer {
  readonly ok: true;
  /** UTF-8 JSON, ready to be sent; of lines, as many lines. */
  readonly reply: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly timings: Timings;
  /** Of lines only. */
  readonly lines?: LinesAnswered;
}

export interface Refusal {
  readonly ok: false;
  readonly problem: ProblemData;
}

export type JobResult = Answer | Refusal;
