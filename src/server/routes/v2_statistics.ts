import type { FastifyInstance } from "fastify";
import { modelVersion } from "../../losses/schemas/models.ts";
import type { Corridor } from "../exchange.ts";
import { findModel, type ModelParams, modelPaths, sendJson } from "../http/v2.ts";
import { modelNumbers } from "../metrics/counters.ts";
import { modelNames } from "../metrics/layout.ts";
import { describeV2 } from "../openapi/v2.ts";

/** How often each model was asked, and where the time went: the numbers behind /metrics, by /v1 as by /v2. */
export function v2StatisticsRoutes(app: FastifyInstance, { counters }: Corridor): void {
  app.get("/v2/models/stats", describeV2("all_statistics"), (_request, reply) => {
    const sum = counters.sum();
    return sendJson(reply, { model_stats: modelNames.map((name) => statisticsOf(name, sum)) });
  });
  for (const { path, of } of modelPaths) {
    app.get<{ Params: ModelParams }>(`${path}/stats`, describeV2("statistics", of), (request, reply) =>
      sendJson(reply, { model_stats: [statisticsOf(findModel(request).name, counters.sum())] }),
    );
  }
}

/** As the protocol's clients read it. A request is one execution; its rows are what the protocol calls inferences. */
function statisticsOf(name: string, sum: Float64Array) {
  const numbers = modelNumbers(sum, name);
  const { successes } = numbers;
  return {
    name,
    version: modelVersion,
    last_inference: numbers.lastAt,
    inference_count: numbers.rows,
    execution_count: successes,
    inference_stats: {
      success: duration(successes, numbers.successMs),
      fail: duration(numbers.failures, numbers.failureMs),
      queue: duration(successes, numbers.queueMs),
      compute_input: duration(successes, numbers.parseMs),
      compute_infer: duration(successes, numbers.computeMs),
      compute_output: duration(successes, numbers.printMs),
      // Nothing is cached.
      cache_hit: duration(0, 0),
      cache_miss: duration(0, 0),
    },
    batch_stats: [],
  };
}

function duration(count: number, ms: number) {
  return { count, ns: Math.round(ms * 1e6) };
}
