import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../../config.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { openPool, reserve, settle } from "../admission.ts";
import { bytesToReserve } from "../http/body.ts";
import { contentCoding } from "../http/codings.ts";
import { findModel, jsonLengthOf, type ModelParams, modelPaths } from "../http/v2.ts";
import { describeV2 } from "../openapi/v2.ts";
import { run, sendPieces } from "./compute.ts";

type InferRequest = FastifyRequest<{ Params: ModelParams }>;

/** POST /v2/models/{model}/infer: the numbers of v1 as tensors, in JSON or in binary. The content type says nothing here. */
export function v2InferRoutes(app: FastifyInstance, config: Config, lifecycle: Lifecycle): void {
  for (const { path, of } of modelPaths) {
    app.post<{ Params: ModelParams }>(`${path}/infer`, {
      ...describeV2("infer", of),
      onRequest: async (request) => admit(request, config, lifecycle),
      handler: (request, reply) => infer(request, reply, config, lifecycle),
    });
  }
}

/** Admits or refuses by the headers alone. */
function admit(request: InferRequest, config: Config, lifecycle: Lifecycle): void {
  const { record, raw } = request;
  findModel(request);
  const pool = openPool(lifecycle);
  const jsonLength = jsonLengthOf(request.headers);
  if (jsonLength !== undefined) record.jsonLength = jsonLength;
  contentCoding(request.headers);
  // It says nothing here, and Fastify would refuse one that it cannot read.
  delete raw.headers["content-type"];
  record.reservation = reserve(pool, bytesToReserve(raw, config.BODY_BYTES_MAX), config);
}

async function infer(request: InferRequest, reply: FastifyReply, config: Config, lifecycle: Lifecycle) {
  const { record } = request;
  const reservation = record.reservation!;
  try {
    const { jsonLength } = record;
    const job = { loss: record.loss!, format: "v2", ...(jsonLength && { jsonLength }) } as const;
    const answered = await run(request, reply, reservation, job, config);
    const pieces = settle(record, answered);
    const { result } = answered;
    if (result.ok && "jsonLength" in result && result.jsonLength !== undefined) {
      reply.header("content-type", "application/octet-stream");
      reply.header("inference-header-content-length", result.jsonLength);
    } else reply.header("content-type", "application/json");
    reply.header("cache-control", "no-store");
    return sendPieces(reply, pieces, lifecycle);
  } finally {
    reservation.cancel();
  }
}
