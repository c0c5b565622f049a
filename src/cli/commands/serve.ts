import { flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { Command, Option } from "commander";
import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.ts";
import { type Subset, subsetNames } from "../../server/subset.ts";
import { Tallies } from "../../server/tallies.ts";
import { drain, type Listener } from "../../service/drain.ts";
import { createLog, type Log } from "../../service/logger.ts";
import { shareSpare } from "../../service/memory/memory.ts";
import { HttpThreads } from "../../service/threads/http_threads.ts";
import { findSharedPlace, type Place } from "../../service/threads/place.ts";
import { Share } from "../../service/threads/share.ts";
import { startWorkers, type Workers } from "../../service/workers.ts";
import { version } from "../../version.ts";
import { asUsage, configuration } from "../configuration.ts";
import { exitCodes, Failure } from "../failure.ts";

const flushTimeoutMs = 1000;

const command = new Command("serve")
  .description("serve over HTTP until SIGTERM or SIGINT")
  .addOption(new Option("--only <part>", "for students: verdicts on claims, and no answers").choices(subsetNames));

export const serve = command.action(async ({ only }: { readonly only?: Subset }) => {
  const config = configuration();
  const place = await orFail(findPlace(config));
  const threads = place.reusePort ? config.HTTP_THREADS : 1;
  const share = new Share(config, { threads }, (thread) => others.tell(thread));
  shareSpare(threads);
  const log = createLog(config.LOG_LEVEL, undefined, threads > 1 ? share.lines : undefined);
  process.on("uncaughtException", (error) => endByFault(log, error));
  const onCrashLoop = () => endOnCrashLoop(log);
  const workers = startWorkers(config, log.logger, { state: share.pool, onCrashLoop });
  const onFault = (error: unknown) => endByFault(log, error);
  const tallies = new Tallies(threads, 0);
  const others = new HttpThreads({ config, only, place, share, tallies: tallies.memory, onLines: log.look, onFault });
  // After the workers: both load at the same time.
  const { buildServer } = await import("../../server/server.ts");
  const app = await buildServer(config, workers, log.logger, only, share, tallies).catch((error: unknown) => {
    throw asUsage(error);
  });
  endOnSignals({ app, others, workers, config, log });
  // Without keys to be read anew SIGHUP ends the service, as it ends any other program.
  if (config.API_KEYS_FILE) process.on("SIGHUP", () => others.passHangUp());
  await orFail(Promise.all([app.listen({ ...place }), workers]));
  // Not before: the first answer would be later, where there are no more cores than threads.
  await orFail(workers.then((pool) => others.start(pool)));
  const address = addressOf(app);
  log.logger.info(
    { workers: config.WORKERS, threads },
    `lossd ${version} is ready at ${address} (docs at ${address}/docs)`,
  );
  if (threads < config.HTTP_THREADS) log.logger.warn("the system cannot share a port among threads: one thread serves");
  // Now, because a service may be killed: the next start is quicker.
  flushCompileCache();
});

/** Where to listen: with one thread the service takes the port as any other. */
async function findPlace({ HOST, PORT, HTTP_THREADS }: Config): Promise<Place> {
  return HTTP_THREADS > 1 ? findSharedPlace(HOST, PORT) : { host: HOST, port: PORT, reusePort: false };
}

async function orFail<T>(started: Promise<T>): Promise<T> {
  return started.catch((error: Error) => {
    throw new Failure(exitCodes.internal, `the service cannot start: ${error.message}`);
  });
}

function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

/** A fault that nobody caught leaves the process in a state that nobody knows: it ends, and is started again. */
function endByFault(log: Log, err: unknown): void {
  log.logger.fatal({ err }, "an uncaught fault ends the service");
  void exit(log, 1);
}

function endOnCrashLoop(log: Log): void {
  log.logger.fatal("workers die before they are usable: the service ends, and is to be started anew");
  void exit(log, 1);
}

interface Running {
  readonly app: FastifyInstance;
  readonly others: Listener;
  readonly workers: Promise<Workers>;
  readonly config: Config;
  readonly log: Log;
}

function endOnSignals({ app, others, workers, config, log }: Running): void {
  let ending = false;
  const end = async (signal: NodeJS.Signals) => {
    if (ending) process.exit(1);
    ending = true;
    log.logger.info({ signal }, "the service is stopping");
    const dropped = await drain(app, config, log.logger, others);
    if (dropped > 0) log.logger.error({ dropped }, "DRAIN_TIMEOUT_MS passed before every request was answered");
    else log.logger.info("every request was answered");
    // A request that is still computing was counted already: its worker ends with the process.
    await workers.then((pool) => pool.close(0)).catch(() => undefined);
    await exit(log, dropped > 0 ? 1 : 0);
  };
  process.on("SIGTERM", (signal) => void end(signal));
  process.on("SIGINT", (signal) => void end(signal));
}

async function exit(log: Log, code: number): Promise<void> {
  await log.flush(flushTimeoutMs);
  process.exit(code);
}
