import type { ProblemData } from "../problems.ts";

/** What a worker computes: one request, as bytes, for one loss. */
export interface Job {
  /** A name or alias that the registry knows. */
  readonly loss: string;
  /** How the body is written: a v1 request in JSON, the query of a curve, or a request of grading. JSON if absent. */
  readonly format?: "json" | "curve" | "check" | "grade" | "cases";
  /** The task of a batch of submissions: the body is one submission. The key is the same for all of the batch. */
  readonly task?: { readonly key: string; readonly body: Uint8Array };
  /** UTF-8. Over a SharedArrayBuffer, or short: a task whose worker died is tried once more. */
  readonly body: Uint8Array;
  readonly elementsMax: number;
}

/** Milliseconds spent in each stage, for the server-timing header. */
export interface Timings {
  readonly parse: number;
  readonly compute: number;
  readonly print: number;
}

export interface Answer {
  readonly ok: true;
  /** UTF-8 JSON, ready to be sent. */
  readonly reply: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly timings: Timings;
}

export interface Refusal {
  readonly ok: false;
  readonly problem: ProblemData;
}

export type JobResult = Answer | Refusal;
