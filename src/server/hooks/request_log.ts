import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { toMicroseconds } from "../http/timings.ts";

/** What logs call a request whose client left before the answer (nginx's name for it). */
const statusAborted = 499;

/**
 * Writes one line a request, never with a payload, a query string or a header. It listens to the reply's end and not to
 * onResponse, which an aborted request never reaches. Nothing else depends on it.
 */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.raw.once("close", () => writeLine(request, reply, !reply.raw.writableFinished, logger));
    done();
  });
}

function writeLine(request: FastifyRequest, reply: FastifyReply, aborted: boolean, logger: Logger): void {
  const { loss, code, stream, rows, columns, bytes, timings, startedAt } = request.record;
  const status = aborted ? statusAborted : reply.statusCode;
  const line = {
    method: request.method,
    route: request.routeOptions.url ?? "unmatched",
    status,
    ...(aborted && { aborted }),
    code,
    loss,
    lines: stream?.totals.lines,
    failed: stream?.totals.failed,
    rows,
    columns,
    bytes: stream?.received ?? bytes,
    queueMs: rounded(timings.queue),
    computeMs: rounded(timings.compute),
    ms: toMicroseconds(performance.now() - startedAt),
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
