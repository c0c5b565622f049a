import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { Problem } from "../../problems.ts";

/** Refuses what Node's parser lets pass and a proxy in front may read in another way: the root of request smuggling. */
export function enforceHttp(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const fault = findFault(request.raw);
    if (fault === undefined) return done();
    reply.header("connection", "close");
    done(new Problem("bad_request", fault));
  });
}

function findFault(message: IncomingMessage): string | undefined {
  const { httpVersion, headers } = message;
  const encoding = headers["transfer-encoding"];
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return "the request line has no HTTP/1.1";
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked") return "transfer-encoding may only be chunked";
  const hosts = countHosts(message.rawHeaders);
  if (hosts > 1) return "there is more than one Host header";
  // Node's own check of this answers without a body, so it is off.
  if (hosts === 0 && httpVersion === "1.1") return "there is no Host header";
  return undefined;
}

function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === "host") hosts++;
  }
  return hosts;
}
