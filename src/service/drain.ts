import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config.ts";

const idlePollMs = 50;

/**
 * Ends the service without losing an answer. For DRAIN_DELAY_MS it says that it is not ready and still computes, so
 * that balancers can turn away. Then it refuses new work, closes idle connections, and ends with the last answer.
 * Resolves with the number of requests that DRAIN_TIMEOUT_MS cut off.
 */
export async function drain(app: FastifyInstance, config: Config, logger: Logger): Promise<number> {
  const { lifecycle, server } = app;
  lifecycle.startLeaving();
  await delay(config.DRAIN_DELAY_MS);
  lifecycle.startRefusing();
  logger.info({ requests: lifecycle.requests }, "no new work is taken");
  // By itself Fastify's close() waits for the keep-alive timeout of connections that become idle after it was called.
  const poll = setInterval(() => server.closeIdleConnections(), idlePollMs);
  const timeout = new AbortController();
  const closed = app.close().then(() => true);
  const late = delay(config.DRAIN_TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => false);
  const inTime = await Promise.race([closed, late]);
  timeout.abort();
  clearInterval(poll);
  if (inTime) return 0;
  const dropped = lifecycle.requests;
  server.closeAllConnections();
  return dropped;
}
