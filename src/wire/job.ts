import type { ProblemData } from "../problems.ts";

/** What every job says, whatever its format: one request as bytes, for a worker. */
export interface BaseJob {
  /** The name of what the body is written in: its key in the table of formats. */
  readonly format: string;
  /** A name or alias that the registry knows; of curves some with commas; "" where the body or its task names it. */
  readonly loss: string;
  /** Over a SharedArrayBuffer, or short: a task whose worker died is tried once more. */
  readonly body: Uint8Array;
  /** Shared memory that a large reply goes into. It is used again: fresh memory comes page by page. */
  readonly replyMemory?: Uint8Array;
  /** How many numbers the body may hold; of several lines, each. */
  readonly elementsMax: number;
  /** How many bytes the reply may have; of several lines, each. Undefined: no bound, in the caller's own process. */
  readonly replyBytesMax?: number;
}

/** Where a reply goes, and how large it may be. */
export type ReplyBounds = Pick<BaseJob, "replyMemory" | "replyBytesMax">;

/** Milliseconds spent in each stage, for the server-timing header. */
export interface Timings {
  readonly parse: number;
  readonly compute: number;
  readonly print: number;
}

/** What every answer says; a format may say more. */
export interface Answer {
  readonly ok: true;
  /** The bytes to be sent, in pieces: UTF-8 JSON, or as many lines of it as were asked. */
  readonly reply: readonly Uint8Array[];
  /** Examples that were computed. */
  readonly rows: number;
  /** Classes of each example; 1 of an elementwise loss. */
  readonly columns: number;
  readonly timings: Timings;
}

export interface Refusal {
  readonly ok: false;
  readonly problem: ProblemData;
}
