import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.ts";
import type { Counts } from "../../service/counts.ts";

/** Closes connections beyond CONNECTIONS_MAX in all HTTP threads together: Node's own limit is a server's. */
export function limitConnections({ server }: FastifyInstance, counts: Counts, { CONNECTIONS_MAX }: Config): void {
  server.on("connection", (socket) => {
    socket.once("close", () => counts.removeConnection());
    if (counts.addConnection() > CONNECTIONS_MAX) socket.destroy();
  });
}
