import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

const connections = new WeakMap<Socket, Connection>();

/** Whether no other request has come on the reply's connection after its own: Node drops what comes behind the last reply. */
export function isLastReply(reply: ServerResponse): boolean {
  const { socket } = reply;
  return socket === null || (connections.get(socket)?.latest ?? reply) === reply;
}

interface Connection {
  latest: ServerResponse;
  /** Replies that came while another one was under way, and are not closed yet. */
  queued?: Set<ServerResponse>;
}

/**
 * Ends the replies that wait behind another one on a connection that ends: Node 22 tells them nothing of it, and the
 * memory that they account for would stay taken for ever.
 */
export function endQueuedReplies(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw: { socket } }, { raw: reply }, done) => {
    const connection = connections.get(socket);
    if (!connection) connections.set(socket, { latest: reply });
    else {
      // Nearly every request comes when the reply before it is sent.
      if (!connection.latest.writableFinished) queue(connection, socket, reply);
      connection.latest = reply;
    }
    done();
  });
}

function queue(connection: Connection, socket: Socket, reply: ServerResponse): void {
  connection.queued ??= endedWith(socket);
  const { queued } = connection;
  queued.add(reply);
  reply.once("close", () => queued.delete(reply));
}

/** A set of replies that end with the connection. */
function endedWith(socket: Socket): Set<ServerResponse> {
  const replies = new Set<ServerResponse>();
  const end = () => {
    for (const reply of replies) reply.destroy().emit("close");
  };
  // After Node has told those that it knows of.
  socket.once("close", () => setImmediate(end));
  return replies;
}
