import type { FastifyInstance } from "fastify";
import type { Corridor } from "../exchange.ts";
import { printFamilies } from "../metrics/families.ts";
import { nodeMetrics } from "../metrics/node_metrics.ts";
import { requestFamilies } from "../metrics/request_families.ts";
import { serviceFamilies } from "../metrics/service_families.ts";

const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** GET /metrics, for Prometheus: how the service stands, what it has done, and what Node says of the process. */
export function metricsRoutes(app: FastifyInstance, { config, lifecycle, counters }: Corridor): void {
  const schema = {
    tags: ["health"],
    operationId: "metrics",
    summary: "Counters and gauges, for Prometheus",
    response: {
      200: {
        description: "The text format 0.0.4.",
        content: { "text/plain": { schema: { type: "string" } } },
      },
    },
    "x-lossd": {
      problems: [
        "bad_request",
        "unauthorized",
        "wrong_scope",
        "unknown_host",
        "quota_exceeded",
        "headers_too_large",
        "internal",
      ],
    },
  };
  app.get("/metrics", { schema }, async (_request, reply) => {
    const families = [...requestFamilies(counters.sum()), ...serviceFamilies(lifecycle, config, counters.threads)];
    const text = printFamilies(families) + (await nodeMetrics());
    reply.header("content-type", contentType).header("cache-control", "no-store");
    return text;
  });
}
