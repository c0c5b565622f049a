import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { ProblemCode } from "../../problems.ts";
import { toMicroseconds } from "../http/timings.ts";
import { unmatched } from "../kinds.ts";
import type { RequestCounters } from "../metrics/counters.ts";

/** What logs call a request whose client left before the answer (nginx's name for it). */
const statusAborted = 499;

/**
 * Counts each request and writes one line for it, never with a payload, a query string or a header. It listens to the
 * reply's end and not to onResponse, which an aborted request never reaches. Nothing else depends on it.
 */
export function observeRequests(app: FastifyInstance, logger: Logger, counters: RequestCounters): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.raw.once("close", () => {
      const ms = performance.now() - request.record.startedAt;
      const aborted = !reply.raw.writableFinished;
      const status = aborted ? statusAborted : reply.statusCode;
      count(request, status, ms, counters);
      writeLine(request, status, aborted, ms, logger);
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

function writeLine(request: FastifyRequest, status: number, aborted: boolean, ms: number, logger: Logger): void {
  const { loss, code, stream, rows, columns, bytes, timings, key } = request.record;
  const line = {
    method: request.method,
    route: request.routeOptions.url ?? "unmatched",
    status,
    ...(aborted && { aborted }),
    code,
    key: key?.name,
    loss,
    lines: stream?.totals.lines,
    failed: stream?.totals.failed,
    rows,
    columns,
    bytes: stream?.received ?? bytes,
    queueMs: rounded(timings.queue),
    computeMs: rounded(timings.compute),
    ms: toMicroseconds(ms),
    requestId: request.id,
  };
  // A 503 is expected while starting or stopping, so it is no error in the log.
  const expected =
    line.route.startsWith("/health/") || line.route === "/readyz" || code === "starting" || code === "draining";
  if (status >= 500 && !expected) logger.error(line, "request");
  else logger.info(line, "request");
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : toMicroseconds(ms);
}
