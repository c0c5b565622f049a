import type { FastifyInstance } from "fastify";

/**
 * Ends a connection whose request still comes, long after its reply: a body that nobody asked for has no deadline but
 * this. Node's own requestTimeout is for a whole server, and would end a stream that is read while it is sent.
 */
export function endLateBodies(app: FastifyInstance, latestMs: number): void {
  app.addHook("onSend", ({ raw, record }, reply, _payload, done) => {
    // Nearly every body is there before its reply.
    if (raw.complete) return done();
    reply.raw.once("close", () => {
      if (raw.complete || raw.destroyed) return;
      const timer = setTimeout(() => raw.destroy(), record.startedAt + latestMs - performance.now());
      raw.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    });
    done();
  });
}
