import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/**
 * Ends the replies that wait behind another one on a connection that ends: Node 22 tells them nothing of it, and what they
 * hold would stay taken for ever.
 */
export function endQueuedReplies(app: FastifyInstance): void {
  const connections = new WeakMap<Socket, Set<ServerResponse>>();
  app.addHook("onRequest", ({ raw: { socket } }, { raw: reply }, done) => {
    const replies = connections.get(socket) ?? follow(socket);
    connections.set(socket, replies.add(reply));
    reply.once("close", () => replies.delete(reply));
    done();
  });
}

/** The replies of a connection that are not closed yet. */
function follow(socket: Socket): Set<ServerResponse> {
  const replies = new Set<ServerResponse>();
  const end = () => {
    for (const reply of replies) reply.destroy().emit("close");
  };
  // Later: Node tells those that it knows itself.
  socket.once("close", () => setImmediate(end));
  return replies;
}
