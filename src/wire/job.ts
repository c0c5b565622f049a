import type { ProblemData } from "../problems.ts";

/** What a worker computes: one request body, as bytes, for one loss. */
export interface Job {
  /** A name or alias that the registry knows. */
  readonly loss: string;
  /** UTF-8 JSON. Over a SharedArrayBuffer, so that a task whose worker died can be tried once more. */
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
