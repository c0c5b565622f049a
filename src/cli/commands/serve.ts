import { flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { Command, Option } from "commander";
import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.ts";
import { buildServer, type Subset, subsetNames } from "../../server/server.ts";
import { drain } from "../../service/drain.ts";
import { createLog, type Log } from "../../service/logger.ts";
import { startWorkers } from "../../service/workers.ts";
import { version } from "../../version.ts";
import { configuration } from "../configuration.ts";
import { exitCodes, Failure } from "../failure.ts";

const flushTimeoutMs = 1000;

const command = new Command("serve")
  .description("serve over HTTP until SIGTERM or SIGINT")
  .addOption(new Option("--only <part>", "for students: verdicts on claims, and no answers").choices(subsetNames));

export const serve = command.action(async ({ only }: { readonly only?: Subset }) => {
  const config = configuration();
  const log = createLog(config.LOG_LEVEL);
  endOnFaults(log);
  const starting = startWorkers(config, log.logger, () => {
    log.logger.fatal("workers die before they are usable: the service ends, and is to be started anew");
    void exit(log, 1);
  });
  const app = await buildServer(config, starting, log.logger, only);
  endOnSignals(app, config, starting, log);
  try {
    await app.listen({ port: config.PORT, host: config.HOST });
    await starting;
  } catch (error) {
    throw new Failure(exitCodes.internal, `the service cannot start: ${(error as Error).message}`);
  }
  const address = addressOf(app);
  log.logger.info({ workers: config.WORKERS }, `lossd ${version} is ready at ${address} (docs at ${address}/docs)`);
  // Now, because a service may be killed: the next start is quicker.
  flushCompileCache();
});

function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

/** A fault that nobody caught leaves the process in a state that nobody knows: it ends, and is started again. */
function endOnFaults(log: Log): void {
  process.on("uncaughtException", (err) => {
    log.logger.fatal({ err }, "an uncaught fault ends the service");
    void exit(log, 1);
  });
}

function endOnSignals(app: FastifyInstance, config: Config, starting: ReturnType<typeof startWorkers>, log: Log): void {
  let ending = false;
  const end = async (signal: NodeJS.Signals) => {
    if (ending) process.exit(1);
    ending = true;
    log.logger.info({ signal }, "the service is stopping");
    const dropped = await drain(app, config, log.logger);
    if (dropped > 0) log.logger.error({ dropped }, "DRAIN_TIMEOUT_MS passed before every request was answered");
    else log.logger.info("every request was answered");
    // A request that is still computing was counted already: its worker ends with the process.
    await starting.then((pool) => pool.close(0)).catch(() => undefined);
    await exit(log, dropped > 0 ? 1 : 0);
  };
  process.on("SIGTERM", (signal) => void end(signal));
  process.on("SIGINT", (signal) => void end(signal));
}

async function exit(log: Log, code: number): Promise<void> {
  await log.flush(flushTimeoutMs);
  process.exit(code);
}
