import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { ProblemCode } from "../../problems.ts";
import { type LineLevel, lineWriter, type WriteLine } from "../../service/logger.ts";
import { addressOf } from "../http/caller.ts";
import { toMicroseconds } from "../http/timings.ts";
import { type Kind, unmatched } from "../kinds.ts";
import type { RequestCounters } from "../metrics/counters.ts";

/** What logs call a request whose client left before the answer (nginx's name for it). */
const statusAborted = 499;

/**
 * Counts each request and writes one line for it, never with a payload, a query string or a header. It listens to the
 * reply's end and not to onResponse, which an aborted request never reaches. Nothing else depends on it.
 */
export function observeRequests(app: FastifyInstance, logger: Logger, counters: RequestCounters): void {
  const write = lineWriter(logger, "request");
  app.addHook("onRequest", (request, reply, done) => {
    // Now, because a socket that is gone has no address.
    const address = addressOf(request);
    reply.raw.once("close", () => {
      const ms = performance.now() - request.record.startedAt;
      const aborted = !reply.raw.writableFinished;
      const status = aborted ? statusAborted : reply.statusCode;
      count(request, status, ms, counters);
      writeLine(request, { address, status, aborted, ms }, write);
    });
    done();
  });
}

/** Told of what is answered though it never became a request. */
export type RefusalObserver = (status: number, code: ProblemCode, requestId: string) => void;

/** Counts and logs what never became a request. */
export function refusalObserver(logger: Logger, counters: RequestCounters): RefusalObserver {
  return (status, code, requestId) => {
    counters.noteRefused(code, status);
    logger.info({ status, code, requestId }, "request refused");
  };
}

function count(
  { record, method, routeOptions }: FastifyRequest,
  status: number,
  ms: number,
  counters: RequestCounters,
) {
  const { operation } = routeOptions.config.kind ?? unmatched;
  // The first path of a computation takes streams too.
  counters.note(record.linesQuery ? "stream" : operation, method, status, ms, record);
}

interface Outcome {
  readonly address: string;
  readonly status: number;
  readonly aborted: boolean;
  readonly ms: number;
}

/** docs/operating.md says what each field means. */
function writeLine(request: FastifyRequest, { address, status, aborted, ms }: Outcome, write: WriteLine): void {
  const { loss, code, stream, rows, columns, bytes, timings, key, trace } = request.record;
  const { url: route = "unmatched", config } = request.routeOptions;
  // Nothing in it has a character that JSON escapes: routes and names are ours, methods Node's, ids were looked at.
  const members =
    `,"method":"${request.method}","route":"${route}","status":${status}${aborted ? ',"aborted":true' : ""}` +
    word("code", code) +
    word("key", key?.name) +
    word("loss", loss) +
    number("lines", stream?.totals.lines) +
    number("failed", stream?.totals.failed) +
    number("rows", rows) +
    number("columns", columns) +
    `,"bytes":${stream?.received ?? bytes}` +
    number("queueMs", rounded(timings.queue)) +
    number("computeMs", rounded(timings.compute)) +
    `,"ms":${toMicroseconds(ms)},"address":"${address}","requestId":"${request.id}"` +
    word("traceId", trace?.traceId);
  write(levelOf(status, code, config.kind), members);
}

/** Probes ask all the time, and a 503 is expected while starting or stopping: it is no error in the log. */
function levelOf(status: number, code: ProblemCode | undefined, kind: Kind | undefined): LineLevel {
  if (kind?.operation === "health") return "debug";
  return status >= 500 && code !== "starting" && code !== "draining" ? "error" : "info";
}

function word(name: string, text: string | undefined): string {
  return text === undefined ? "" : `,"${name}":"${text}"`;
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? "" : `,"${name}":${value}`;
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : toMicroseconds(ms);
}
