import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ProblemCode } from "../../problems.ts";
import type { JobHead } from "../../service/formats.ts";
import type { LinesQuery } from "../../wire/ndjson/query.ts";
import type { ApiKey } from "../keys/key_ring.ts";
import type { StageTimings } from "./timings.ts";

interface ObservedStream {
  readonly received: number;
  readonly totals: { readonly lines: number; readonly failed: number };
  readonly timings: StageTimings;
  stop(reason: unknown): void;
}

/** What is known of a request by the time its log line is written. Times are on performance.now(). */
export interface RequestRecord {
  readonly startedAt: number;
  readonly deadlineMs: number;
  /** Whether a client that waits for "100 Continue" has been told to go on. */
  continued: boolean;
  loss?: string;
  /** When the whole body was there. */
  receivedAt?: number;
  /** When its reply was known. */
  sendingAt?: number;
  /** The job but for its body, once the request was let in. */
  head?: JobHead;
  /** The media types of bodies that its path takes, where they are not those of a computation. */
  takes?: readonly string[];
  code?: ProblemCode;
  rows?: number;
  columns?: number;
  bytes: number;
  /** Of a stream of lines: what its query says. */
  linesQuery?: LinesQuery;
  /** Of a stream, as far as it has come. */
  stream?: ObservedStream;
  /** Whose request it is, where the service has keys. */
  key?: ApiKey;
  /** What a refusal's Retry-After says, where it is not the queue's. */
  retryAfterSeconds?: number;
  timings: StageTimings;
}

declare module "fastify" {
  interface FastifyRequest {
    record: RequestRecord;
  }
}

/** Gives each request its record, before any other hook runs. */
export function keepRecords(app: FastifyInstance, requestTimeoutMs: number): void {
  app.decorateRequest("record");
  app.addHook("onRequest", (request, _reply, done) => {
    const startedAt = performance.now();
    request.record = { startedAt, deadlineMs: startedAt + requestTimeoutMs, continued: false, bytes: 0, timings: {} };
    done();
  });
}

/** Asks for a body that is held back. */
export function askForBody(request: FastifyRequest, reply: FastifyReply): void {
  if (!waitsForContinue(request)) return;
  reply.raw.writeContinue();
  request.record.continued = true;
}

/** Whether the client holds its body back until it is told to go on. */
export function waitsForContinue(request: FastifyRequest): boolean {
  return request.headers.expect?.toLowerCase() === "100-continue" && !request.record.continued;
}
