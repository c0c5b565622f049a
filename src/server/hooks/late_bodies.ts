import type { FastifyInstance } from "fastify";

/**
 * Ends a connection whose request still comes `latestMs` after its reply: a body that nobody asked for has no deadline
 * but this. Counted from the start, a long stream's connection would end before its client has read the end of it. Node's
 * own requestTimeout is for a whole server, and would end a stream that is read while it is sent.
 */
export function endLateBodies(app: FastifyInstance, latestMs: number): void {
  app.addHook("onSend", ({ raw }, reply, _payload, done) => {
    // Of nearly every request the body was there before the reply.
    if (raw.complete) return done();
    const watch = () => {
      if (raw.complete || raw.destroyed) return;
      const timer = setTimeout(() => raw.destroy(), latestMs).unref();
      raw.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    };
    // A small body is answered inside the parser's call for its last byte, which says only afterwards that it is whole.
    reply.raw.once("close", () => setImmediate(watch));
    done();
  });
}
