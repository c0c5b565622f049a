import { createServer } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.ts";
import { Problem } from "../../problems.ts";

/**
 * With METRICS_PORT, that port answers /metrics alone, and no other port does. It goes through the same hooks. One of the
 * HTTP threads `listens` there: each knows the numbers of all.
 */
export function separateMetrics(app: FastifyInstance, { METRICS_PORT, HOST }: Config, listens: boolean): void {
  if (METRICS_PORT === 0) return;
  app.addHook("onRequest", (request, _reply, done) => {
    const asksMetrics = request.routeOptions.url === "/metrics";
    const isOnPort = request.socket.localPort === METRICS_PORT;
    done(asksMetrics === isOnPort ? undefined : new Problem("not_found", elsewhere(asksMetrics, METRICS_PORT)));
  });
  if (!listens) return;
  const server = createServer((message, reply) => app.routing(message, reply));
  app.addHook("onReady", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject).listen(METRICS_PORT, HOST, resolve);
    await promise;
  });
  app.addHook("onClose", () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
}

function elsewhere(asksMetrics: boolean, port: number): string {
  return asksMetrics ? `the metrics are on port ${port}` : `on this port there is /metrics alone`;
}
