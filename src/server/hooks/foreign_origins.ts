import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../../config.ts";
import { Problem } from "../../problems.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the route computes or draws: pages of other origins may not ask it. */
    computes?: boolean;
  }
}

/**
 * Has no page of another origin compute, whether it could read the reply or not: a browser sends forms, images and simple
 * requests to a local service for any page. Origins in CORS_ORIGINS may ask and read. Programs send none of these headers.
 */
export function refuseForeignOrigins(app: FastifyInstance, { CORS_ORIGINS }: Config): void {
  const known = new Set(CORS_ORIGINS.toLowerCase().split(","));
  app.addHook("onRequest", (request, reply, done) => {
    // A reply without them is of no use to a page, so that a cache has to keep them apart.
    if (CORS_ORIGINS !== "") reply.header("vary", "origin");
    const { origin, "sec-fetch-site": site } = request.headers;
    if (origin === undefined && site === undefined) return done();
    if (origin !== undefined && known.has(origin)) {
      letRead(request, reply, origin);
      if (isPreflight(request)) reply.code(204).send();
      else done();
      return;
    }
    if (!request.routeOptions.config.computes) return done();
    done(isForeign(request) ? foreign(origin) : undefined);
  });
}

/** What a browser needs to give the reply to a page of another origin. */
function letRead(request: FastifyRequest, reply: FastifyReply, origin: string): void {
  reply.header("access-control-allow-origin", origin);
  if (!isPreflight(request)) {
    reply.header("access-control-expose-headers", "*");
    return;
  }
  reply.header("access-control-allow-methods", "GET, HEAD, POST");
  reply.header("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "content-type");
  reply.header("access-control-max-age", 600);
}

/** Whether a browser asks for leave to send the real request. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

function isForeign({ headers: { origin, host, "sec-fetch-site": site } }: FastifyRequest): boolean {
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  return origin !== undefined && !isOf(origin, host ?? "");
}

/** Whether an origin is that of the service under this Host header. A proxy may have taken TLS off, so both schemes are. */
function isOf(origin: string, host: string): boolean {
  const scheme = /^https?:\/\//.exec(origin)?.[0];
  if (scheme === undefined) return false;
  const own = scheme + host;
  // Only the one may name the scheme's own port.
  return origin === own || (URL.canParse(own) && origin === new URL(own).origin);
}

function foreign(origin: string | undefined): Problem {
  const page = origin === undefined ? "a page of another site" : `a page of ${JSON.stringify(origin)}`;
  return new Problem("foreign_origin", `${page} may not have the service compute: see CORS_ORIGINS`);
}
