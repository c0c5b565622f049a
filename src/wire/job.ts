import type { ProblemData } from "../problems.ts";

/** What a worker computes: one request, as bytes, for one loss. */
export interface Job {
  /** A name or alias that the registry knows. */
  readonly loss: string;
  /** How the body is written: a v1 request in JSON, the query of a curve, or a v2 request. JSON if it is absent. */
  readonly format?: "json" | "curve" | "v2";
  /** v2: bytes of JSON before the binary tensors; absent where all of the body is JSON. */
  readonly jsonLength?: number;
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
  /** UTF-8 JSON, ready to be sent; in v2 binary tensors may follow it. */
  readonly reply: Uint8Array;
  /** v2: bytes of JSON before the binary tensors; absent where there are none. */
  readonly jsonLength?: number;
  readonly rows: number;
  readonly columns: number;
  readonly timings: Timings;
}

export interface Refusal {
  readonly ok: false;
  readonly problem: ProblemData;
}

export type JobResult = Answer | Refusal;
