import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/**
 * Ends the replies that wait behind another one on a connection that ends: Node 22 tells them nothing of it, and what they
 * hold would stay taken for ever.
 */
export function endQueuedReplies(app: FastifyInstance): void {
  const latest = new WeakMap<Socket, ServerResponse>();
  app.addHook("onRequest", ({ raw: { socket } }, { raw: reply }, done) => {
    const before = latest.get(socket);
    latest.set(socket, reply);
    // Nearly every request comes after the reply before it.
    if (before && !before.writableFinished) endWith(socket, reply);
    done();
  });
}

function endWith(socket: Socket, reply: ServerResponse): void {
  // Later: Node tells those that it knows itself.
  const later = () => setImmediate(end);
  const end = () => {
    if (!closed) reply.destroy().emit("close");
  };
  let closed = false;
  socket.once("close", later);
  reply.once("close", () => {
    closed = true;
    socket.off("close", later);
  });
}
