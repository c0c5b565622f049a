import type { ProblemData } from "../problems.ts";
import type { Seams } from "./json_reply.ts";
import type { Share } from "./json_rows.ts";

/** What a worker computes: one request, as bytes, for one loss. */
export interface Job {
  /** A name or alias that the registry knows. */
  readonly loss: string;
  /** How the body is written: a v1 request in JSON, or the query of a curve. JSON if it is absent. */
  readonly format?: "json" | "curve";
  /** UTF-8. Over a SharedArrayBuffer, or short: a task whose worker died is tried once more. */
  readonly body: Uint8Array;
  readonly elementsMax: number;
  /** One of several parts that run at the same time: its place among them, and the memory that they share. */
  readonly part?: Share & { readonly memory: SharedArrayBuffer };
}

/** Milliseconds spent in each stage, for the server-timing header. */
export interface Timings {
  readonly parse: number;
  readonly compute: number;
  readonly print: number;
}

export interface Answer {
  readonly ok: true;
  /** UTF-8 JSON, ready to be sent: pieces, in this order. */
  readonly reply: readonly Uint8Array[];
  readonly rows: number;
  readonly columns: number;
  readonly timings: Timings;
  /** Of a part's answer: where the parts' numbers go together. */
  readonly seams?: Seams;
}

export interface Refusal {
  readonly ok: false;
  readonly problem: ProblemData;
}

export type JobResult = Answer | Refusal;
