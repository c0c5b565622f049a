import type { FastifyReply } from "fastify";

/**
 * Ends a connection whose request body is still coming `latestMs` after the reply: nothing else limits a body that no
 * route reads. The time runs from the reply, because a stream may take long before it. Node's requestTimeout cannot do
 * this: it holds for the whole server, and would end streams that are still being read.
 */
export function lateBodyEnder(latestMs: number): (reply: FastifyReply) => void {
  return ({ raw: reply, request: { raw, record } }) => {
    // The usual case: the whole body came before the reply.
    if (raw.complete || record.bodyTaken) return;
    const watch = () => {
      if (raw.complete || raw.destroyed) return;
      const timer = setTimeout(() => raw.destroy(), latestMs).unref();
      raw.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    };
    // A small request may be answered while the parser still handles its last byte; it sets `complete` only after that.
    reply.once("close", () => setImmediate(watch));
  };
}
