import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ProblemCode } from "../../problems.ts";
import type { JobHead } from "../../service/formats.ts";
import type { LinesQuery } from "../../wire/ndjson/query.ts";
import type { ApiKey } from "../keys/key_ring.ts";
import { type TraceContext, traceContextOf } from "./caller.ts";
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
  /** Whether all of its body was read at one time, before the parser said that it had come to its end. */
  bodyTaken?: boolean;
  loss?: string | undefined;
  /** When the whole body was there. */
  receivedAt?: number | undefined;
  /** When its reply was known. */
  sendingAt?: number | undefined;
  /** The job but for its body, once the request was let in. */
  head?: JobHead | undefined;
  /** The media types of bodies that its path takes, where they are not those of a computation. */
  takes?: readonly string[] | undefined;
  code?: ProblemCode | undefined;
  rows?: number | undefined;
  columns?: number | undefined;
  bytes: number;
  /** Of a stream of lines: what its query says. */
  linesQuery?: LinesQuery | undefined;
  /** Of a stream, as far as it has come. */
  stream?: ObservedStream | undefined;
  readonly trace?: TraceContext | undefined;
  /** Whose request it is, where the service has keys. */
  key?: ApiKey | undefined;
  /** What a refusal's Retry-After says, where it is not the queue's. */
  retryAfterSeconds?: number | undefined;
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
    request.record = newRecord(requestTimeoutMs, traceContextOf(request.headers));
    done();
  });
}

/** Every member has its place from the start, whether known or not: V8 reads records of one shape much faster. */
function newRecord(requestTimeoutMs: number, trace: TraceContext | undefined): RequestRecord {
  const startedAt = performance.now();
  return {
    startedAt,
    deadlineMs: startedAt + requestTimeoutMs,
    continued: false,
    bodyTaken: false,
    loss: undefined,
    receivedAt: undefined,
    sendingAt: undefined,
    head: undefined,
    takes: undefined,
    code: undefined,
    rows: undefined,
    columns: undefined,
    bytes: 0,
    linesQuery: undefined,
    stream: undefined,
    trace,
    key: undefined,
    retryAfterSeconds: undefined,
    timings: {},
  };
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
