import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config.ts";

const idlePollMs = 50;
/** A thread that computes may not come round. */
const dropTimeoutMs = 500;

/** One HTTP thread, or all those beside the main one. */
export interface Listener {
  /** Takes no new connection, and closes those that become idle. Resolves with the last answer. */
  close(): Promise<void>;
  /** Ends all connections. Resolves when what that cut off is logged. */
  drop(): Promise<void>;
}

/** The listener of this thread. */
export function listenerOf(app: FastifyInstance): Listener {
  const { server } = app;
  return {
    async close() {
      // By itself Fastify's close() waits for the keep-alive timeout of connections that become idle after it was called.
      const poll = setInterval(() => server.closeIdleConnections(), idlePollMs);
      await app.close();
      clearInterval(poll);
    },
    async drop() {
      server.closeAllConnections();
      await nextTurn();
    },
  };
}

/**
 * Ends the service without losing an answer. For DRAIN_DELAY_MS it says that it is not ready and still computes, so
 * that balancers can turn away. Then it refuses new work, closes idle connections, and ends with the last answer.
 * Resolves with the number of requests that DRAIN_TIMEOUT_MS cut off. `others` are the HTTP threads beside this one.
 */
export async function drain(app: FastifyInstance, config: Config, logger: Logger, others?: Listener): Promise<number> {
  const { lifecycle } = app;
  const listeners = [listenerOf(app), ...(others ? [others] : [])];
  lifecycle.startLeaving();
  await delay(config.DRAIN_DELAY_MS);
  lifecycle.startRefusing();
  logger.info({ requests: lifecycle.requests }, "no new work is taken");
  const timeout = new AbortController();
  const closed = Promise.all(listeners.map((listener) => listener.close())).then(() => true);
  const late = delay(config.DRAIN_TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => false);
  const inTime = await Promise.race([closed, late]);
  timeout.abort();
  if (inTime) return 0;
  const dropped = lifecycle.requests;
  await Promise.race([Promise.all(listeners.map((listener) => listener.drop())), delay(dropTimeoutMs)]);
  return dropped;
}
