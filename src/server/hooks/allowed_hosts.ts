import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.ts";
import { Problem } from "../../problems.ts";

/** Asked by probes, which name the machine or the container as they please; nothing is computed. */
const health = /^\/(?:v2\/)?health\/|^\/(?:livez|readyz|healthz)$/;

/** This machine, as programs and browsers on it call it. No other machine can have these names. */
const localhost = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/**
 * Answers no request that names a host which is not ours. A page of a stranger whose name's address turns into 127.0.0.1
 * after it is loaded (DNS rebinding) is of the same origin for its browser: only the Host header still tells the name.
 */
export function checkHosts(app: FastifyInstance, config: Config): void {
  const isAllowed = allowedHosts(config);
  if (!isAllowed) return;
  app.addHook("onRequest", (request, _reply, done) => {
    const { host } = request.headers;
    // Without a Host header (HTTP/1.0) the request is of no browser.
    if (host === undefined || isAllowed(host) || health.test(request.routeOptions.url ?? "")) return done();
    done(new Problem("unknown_host", `the service does not answer as ${JSON.stringify(host)}: see ALLOWED_HOSTS`));
  });
}

/** What tells allowed hosts; undefined where every one is. */
function allowedHosts({ ALLOWED_HOSTS, HOST }: Config): ((host: string) => boolean) | undefined {
  const names = new Set(ALLOWED_HOSTS.toLowerCase().split(","));
  if (names.has("*")) return undefined;
  if (ALLOWED_HOSTS === "") return localhost.test(HOST) ? (host) => localhost.test(withoutPort(host)) : undefined;
  return (host) => names.has(host.toLowerCase()) || names.has(withoutPort(host).toLowerCase());
}

/** The name alone: without the port, and without the dot that ends a complete one. */
function withoutPort(host: string): string {
  return host.replace(/:\d*$/, "").replace(/\.$/, "");
}
