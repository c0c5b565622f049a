import type { FastifyInstance } from "fastify";
import type { Lifecycle } from "../../service/lifecycle.ts";

/** Counts the requests that have no complete answer yet: a stopping service waits for them. */
export function countRequests(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook("onRequest", (_request, reply, done) => {
    lifecycle.enter();
    reply.raw.once("close", () => lifecycle.leave());
    done();
  });
}
