import type { Server } from "node:http";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Logger } from "pino";
import { type Config, ConfigError } from "../config.ts";
import { type ComputePool, Lifecycle } from "../service/lifecycle.ts";
import { Share } from "../service/threads/share.ts";
import { checkHosts } from "./hooks/allowed_hosts.ts";
import { checkKeys } from "./hooks/api_keys.ts";
import { answerOddRequests, connectionErrorHandler } from "./hooks/connection_errors.ts";
import { limitConnections } from "./hooks/connection_limit.ts";
import { refuseForeignOrigins } from "./hooks/foreign_origins.ts";
import { enforceHttp } from "./hooks/http_rules.ts";
import { lateBodyEnder } from "./hooks/late_bodies.ts";
import { answerProblems, frameworkErrorHandler } from "./hooks/problems.ts";
import { endQueuedReplies } from "./hooks/queued_replies.ts";
import { stampReply } from "./hooks/reply_headers.ts";
import { countRequests } from "./hooks/request_count.ts";
import { observeRequests, type RefusalObserver, refusalObserver } from "./hooks/request_log.ts";
import { keepRecords } from "./http/record.ts";
import { requestIdOf } from "./http/request_id.ts";
import { KeyRing } from "./keys/key_ring.ts";
import type { QuotaMemory } from "./keys/quotas.ts";
import { classifyRoutes } from "./kinds.ts";
import { separateMetrics } from "./metrics/metrics_port.ts";
import { serveOpenApi } from "./openapi/openapi.ts";
import { verdictRoutes } from "./routes/grading.ts";
import { healthRoutes } from "./routes/health.ts";
import { pageRoutes } from "./routes/page.ts";
import * as routes from "./routes.ts";
import type { Subset } from "./subset.ts";
import { Tallies } from "./tallies.ts";

declare module "fastify" {
  interface FastifyInstance {
    lifecycle: Lifecycle;
  }
}

/** Node's own timeouts act so much later than ours: they are the last resort, and their replies say less. */
const safetyMarginMs = 5000;
const latestMs = (config: Config) => config.REQUEST_TIMEOUT_MS + safetyMarginMs;

const subsets = { check: verdictRoutes } satisfies Record<Subset, unknown>;

/** The service in this thread, not yet listening. Computations are refused as `starting` until the pool is there and ready. */
export async function buildServer(
  config: Config,
  pool: ComputePool | Promise<ComputePool>,
  logger: Logger,
  only?: Subset,
  share = new Share(config, { threads: 1 }),
  { counters, quotas } = new Tallies(share.threads, share.thread),
): Promise<FastifyInstance> {
  const onRefused = refusalObserver(logger, counters.own);
  const app = createInstance(config, onRefused);
  const lifecycle = new Lifecycle(pool, share.budget, share.counts);
  const endLateBody = lateBodyEnder(latestMs(config));
  const beforeReply = (reply: FastifyReply) => {
    stampReply(reply, lifecycle);
    endLateBody(reply);
  };
  const corridor = { config, lifecycle, logger, counters, beforeReply };
  app.decorate("lifecycle", lifecycle);
  if (share.threads > 1) limitConnections(app, share.counts, config);
  answerOddRequests(app.server, onRefused);
  classifyRoutes(app);
  keepRecords(app, config.REQUEST_TIMEOUT_MS);
  countRequests(app, lifecycle);
  observeRequests(app, logger, counters.own);
  endQueuedReplies(app);
  app.addHook("onSend", (_request, reply, _payload, done) => {
    beforeReply(reply);
    done();
  });
  enforceHttp(app);
  checkHosts(app, config);
  refuseForeignOrigins(app, config);
  separateMetrics(app, config, share.thread === 0);
  checkKeys(app, openKeys(config, quotas, logger));
  answerProblems(app, config, lifecycle, logger);
  await serveOpenApi(app, config.API_KEYS_FILE !== "");
  // The page asks for what a part of the service alone does not have.
  if (config.PAGE === "on" && only === undefined) pageRoutes(app);
  else app.get("/", { schema: { hide: true } }, (_request, reply) => reply.redirect("/docs"));
  healthRoutes(app, lifecycle);
  for (const addRoutes of only ? [subsets[only]] : Object.values(routes)) addRoutes(app, corridor);
  return app;
}

/** Throws a ConfigError for a file that cannot be used. */
function openKeys({ API_KEYS_FILE }: Config, quotas: QuotaMemory, logger: Logger): KeyRing | undefined {
  if (API_KEYS_FILE === "") return undefined;
  try {
    return new KeyRing(API_KEYS_FILE, quotas, logger);
  } catch (error) {
    throw new ConfigError([`API_KEYS_FILE=${API_KEYS_FILE}: ${(error as Error).message}`]);
  }
}

/**
 * Fastify's validator would turn "2" into 2 and drop a misspelt option, and its serializer is slower than JSON.stringify.
 * Given this way, those of its own are not even loaded: a thread starts 20 ms sooner.
 */
const compilersFactory = {
  // Its type knows Ajv's alone.
  buildValidator: (() => () => () => true) as never,
  buildSerializer: () => () => JSON.stringify,
};

function createInstance(config: Config, onRefused: RefusalObserver): FastifyInstance {
  const app = Fastify({
    genReqId: requestIdOf,
    routerOptions: { ignoreTrailingSlash: true },
    return503OnClosing: false,
    schemaController: { compilersFactory },
    trustProxy: config.TRUST_PROXY === "" ? false : config.TRUST_PROXY.split(","),
    // Off, because it would end streams too: bodies have deadlines of their own, and late_bodies.ts sees to the rest.
    requestTimeout: 0,
    // Silence on a socket: it also ends a client that never reads, but must not end one that waits for its answer.
    connectionTimeout: latestMs(config),
    keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT_MS,
    http: {
      headersTimeout: config.HEADERS_TIMEOUT_MS,
      // The default, 30 s, would make each timeout up to 30 s late.
      connectionsCheckingInterval: 1000,
      requireHostHeader: false,
    },
    clientErrorHandler: connectionErrorHandler(onRefused),
    frameworkErrors: frameworkErrorHandler(onRefused),
  });
  app.server.maxConnections = config.CONNECTIONS_MAX;
  // A client that has ended its side may still wait for its answer. Node has no option for this.
  (app.server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  // Bodies stay bytes here: the worker parses and checks them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  return app;
}
