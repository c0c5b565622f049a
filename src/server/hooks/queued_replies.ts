import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

const connections = new WeakMap<Socket, Connection>();

/** Whether no later request has come on the connection. Node drops all that is queued behind a reply that closes it. */
export function isLastReply(reply: ServerResponse): boolean {
  const { socket } = reply;
  return socket === null || (connections.get(socket)?.latest ?? reply) === reply;
}

interface Connection {
  latest: ServerResponse;
  /** Open replies whose request came while the reply before was still being sent. */
  queued?: Set<ServerResponse>;
}

/**
 * Closes the queued replies of a connection that ends. Node 22 does not tell them, and what they hold of the budget
 * would never be given back.
 */
export function endQueuedReplies(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw: { socket } }, { raw: reply }, done) => {
    const connection = connections.get(socket);
    if (!connection) connections.set(socket, { latest: reply });
    else {
      // The usual case: the reply before has been sent, and nothing is queued.
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
  // Later than Node's own events, which close the replies that it knows of.
  socket.once("close", () => setImmediate(end));
  return replies;
}
