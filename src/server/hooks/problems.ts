import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../../config.ts";
import { lossHint, lossNames } from "../../losses/hints/names.ts";
import { findLoss } from "../../losses/registry.ts";
import { Problem } from "../../problems.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { acceptedCodings } from "../http/codings.ts";
import { leavesMuch, lingerAfter } from "../http/linger.ts";
import { computeMedia } from "../http/media.ts";
import { isV2, plainProblemReply, problemReply } from "../http/problem_reply.ts";
import { waitsForContinue } from "../http/record.ts";
import { requestIdOf } from "../http/request_id.ts";
import type { RefusalObserver } from "./request_log.ts";

/** Every failure, whatever its origin, leaves as one shape. */
export function answerProblems(app: FastifyInstance, config: Config, lifecycle: Lifecycle, logger: Logger): void {
  const methods = collectMethods(app);
  const refuse = (request: FastifyRequest, reply: FastifyReply) => {
    throw missing(request, reply, methods);
  };
  app.addHook("onRequest", (request, reply, done) => {
    // Before Fastify looks at the body: its media type says nothing about a route that is not there.
    done(request.is404 ? missing(request, reply, methods) : undefined);
  });
  app.setNotFoundHandler(refuse);
  app.setErrorHandler((error: Error, request, reply) => {
    const problem = problemOf(error, request, logger);
    request.record.code = problem.code;
    addHeaders(problem, request, reply, lifecycle);
    endUnread(request, reply, config);
    const { status, mediaType, body } = problemReply(problem, request.url, request.id, config.OVERLOAD_STATUS);
    // As bytes: Fastify would append a charset to a text, and neither protocol has such a parameter.
    reply.code(status).header("content-type", mediaType).send(Buffer.from(body));
  });
}

/** Fastify's answer to a URL that it cannot decode: it comes before any hook. */
export function frameworkErrorHandler(onRefused: RefusalObserver) {
  return (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = new Problem("bad_request", "the path cannot be decoded");
    const requestId = requestIdOf(request.raw);
    const { status, headers, body } = plainProblemReply(problem, requestId, request.raw.url);
    onRefused(status, problem.code, requestId);
    reply.hijack();
    // Through Node's own reply, which waits for those of the requests before it on the connection.
    reply.raw.writeHead(status, headers).end(body);
  };
}

/** What the caller is told of an error; one that is ours goes to the log. */
export function problemOf(error: Error & Partial<FastifyError>, request: FastifyRequest, logger: Logger): Problem {
  if (error instanceof Problem) return error;
  if (error.name === "AbortError") return new Problem("bad_request", "the client is gone");
  const { statusCode = 500 } = error;
  if (statusCode === 415) return new Problem("unsupported_media_type", "content-type cannot be read");
  if (statusCode >= 400 && statusCode < 500) return new Problem("bad_request", error.message);
  logger.error({ err: error, requestId: request.id }, "a request failed");
  return new Problem("internal", `the log has more under the request id ${request.id}`);
}

function addHeaders(
  { code }: Problem,
  { url, record }: FastifyRequest,
  reply: FastifyReply,
  lifecycle: Lifecycle,
): void {
  reply.header("cache-control", "no-store");
  if (code === "unsupported_media_type") {
    const types = isV2(url) ? "application/json, application/octet-stream" : (record.takes ?? computeMedia).join(", ");
    reply.header("accept-post", types).header("accept-encoding", acceptedCodings);
  }
  // RFC 6750: what a client has to show.
  if (code === "unauthorized") reply.header("www-authenticate", 'Bearer realm="lossd"');
  if (code === "wrong_scope") reply.header("www-authenticate", 'Bearer realm="lossd", error="insufficient_scope"');
  if (record.retryAfterSeconds !== undefined) reply.header("retry-after", record.retryAfterSeconds);
  if (code === "request_timeout") reply.header("connection", "close");
  if (code === "queue_full" || code === "starting" || code === "draining") {
    reply.header("retry-after", lifecycle.pool?.retryAfterSeconds() ?? 1);
  }
}

/**
 * The reply goes out at once. Where much of the body is still to come, the connection ends, slowly: a client that writes its
 * whole body before it reads (Python's http.client) would see a reset, and no reply, if it closed under it.
 */
function endUnread(request: FastifyRequest, reply: FastifyReply, config: Config): void {
  if (waitsForContinue(request) || !leavesMuch(request.raw)) return;
  reply.header("connection", "close");
  lingerAfter(reply.raw, { bytesMax: config.BODY_BYTES_MAX, idleMs: config.IDLE_TIMEOUT_MS });
}

type Methods = ReadonlyMap<string, ReadonlySet<string>>;

function collectMethods(app: FastifyInstance): Methods {
  const methods = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, known);
    for (const name of [method].flat()) known.add(name);
  });
  return methods;
}

function methodsOf(path: string, methods: Methods): ReadonlySet<string> | undefined {
  const exact = methods.get(path);
  if (exact) return exact;
  const fits = (url: string) => new RegExp(`^${url.replaceAll(/:\w+/g, "[^/]+")}$`).test(path);
  return [...methods].find(([url]) => url.includes("/:") && fits(url))?.[1];
}

function missing(request: FastifyRequest, reply: FastifyReply, methods: Methods): Problem {
  const path = request.url.split("?", 1)[0]!.replace(/(?<=.)\/$/, "");
  const allowed = methodsOf(path, methods);
  if (allowed && !allowed.has(request.method)) {
    const allow = [...allowed].sort().join(", ");
    reply.header("allow", allow);
    return new Problem("method_not_allowed", `${request.method} is not allowed here: ${allow} is`);
  }
  const named = /^\/v1\/losses\/([^/]*)/.exec(path)?.[1];
  // A service for students has no list of losses.
  if (named !== undefined && methods.has("/v1/losses") && !findLoss(named)) {
    const hint = lossHint(named);
    const meant = hint && ` (${hint})`;
    return new Problem("unknown_loss", `there is no loss at this path${meant}; the losses are ${lossNames()}`);
  }
  return new Problem("not_found", "there is nothing at this path; /docs shows what there is");
}
