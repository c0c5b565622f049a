import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../../config.ts";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import { modelInputs, modelOutputs, modelVersion, parameterFields, platform } from "../../losses/schemas/models.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { version } from "../../version.ts";
import type { Corridor } from "../exchange.ts";
import { findModel, type ModelParams, modelPaths, sendJson } from "../http/v2.ts";
import { addV2Schemas, describeV2, type V2Operation } from "../openapi/v2.ts";

const extensions = ["binary_tensor_data", "parameters", "model_configuration", "statistics"];

/** The Open Inference Protocol but for its inference: health, and what models there are. Nothing here queues. */
export function v2Routes(app: FastifyInstance, { config, lifecycle }: Corridor): void {
  addV2Schemas(app);
  const names = losses.map(({ name }) => name);
  app.get("/v2/health/live", describeV2("live"), (_request, reply) => sendJson(reply, { live: true }));
  app.get("/v2/health/ready", describeV2("ready"), (request, reply) =>
    sendReadiness(request, reply, lifecycle, { live: true }),
  );
  const server = { name: "lossd", version, extensions };
  app.get("/v2", describeV2("server"), (_request, reply) => sendJson(reply, server));
  app.get("/v2/models", describeV2("models"), (_request, reply) => sendJson(reply, { models: names }));
  app.post("/v2/repository/index", describeV2("repository_index"), (_request, reply) => {
    const { phase } = lifecycle;
    const state = phase === "ok" ? { state: "READY", reason: "" } : { state: "UNAVAILABLE", reason: phase };
    return sendJson(
      reply,
      names.map((name) => ({ name, version: modelVersion, ...state })),
    );
  });
  modelRoutes(app, "", "model", (loss, _request, reply) => sendJson(reply, metadataOf(loss)));
  modelRoutes(app, "/config", "config", (loss, _request, reply) => sendJson(reply, configOf(loss, config)));
  modelRoutes(app, "/ready", "model_ready", ({ name }, request, reply) =>
    sendReadiness(request, reply, lifecycle, { name }),
  );
}

type ModelHandler = (loss: Loss, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

function modelRoutes(app: FastifyInstance, end: string, operation: V2Operation, handler: ModelHandler): void {
  for (const { path, of } of modelPaths) {
    app.get<{ Params: ModelParams }>(path + end, describeV2(operation, of), (request, reply) =>
      handler(findModel(request), request, reply),
    );
  }
}

function sendReadiness(request: FastifyRequest, reply: FastifyReply, { phase }: Lifecycle, rest: object): FastifyReply {
  if (phase === "ok") return sendJson(reply, { ...rest, ready: true });
  // For the log: a probe that is told to wait is no fault of ours.
  request.record.code = phase;
  return sendJson(reply, { ...rest, ready: false, error: `the service is ${phase}` }, 503);
}

function metadataOf(loss: Loss) {
  return {
    name: loss.name,
    versions: [modelVersion],
    platform,
    inputs: modelInputs(loss).map(({ optional: _optional, ...tensor }) => tensor),
    outputs: modelOutputs(loss),
  };
}

/** The model's configuration as Triton's clients read it: without batching of its own, so that shapes are whole. */
function configOf(loss: Loss, { BODY_BYTES_MAX, ELEMENTS_MAX }: Config) {
  const described = { BODY_BYTES_MAX, ELEMENTS_MAX, ...parameterFields(loss) };
  return {
    name: loss.name,
    platform,
    backend: platform,
    max_batch_size: 0,
    input: modelInputs(loss).map(({ name, datatype, shape, optional }) => ({
      name,
      data_type: `TYPE_${datatype}`,
      dims: shape,
      optional,
    })),
    output: modelOutputs(loss).map(({ name, datatype, shape }) => ({
      name,
      data_type: `TYPE_${datatype}`,
      dims: shape,
    })),
    parameters: Object.fromEntries(
      Object.entries(described).map(([name, what]) => [name, { string_value: JSON.stringify(what) }]),
    ),
  };
}
