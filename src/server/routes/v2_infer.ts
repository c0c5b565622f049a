import type { FastifyInstance } from "fastify";
import { type Corridor, exchanging } from "../exchange.ts";
import { findModel, type InferRequest, jsonLengthOf, type ModelParams, modelPaths } from "../http/v2.ts";
import { describeV2 } from "../openapi/v2.ts";
import type { Operation } from "../operation.ts";

/** The numbers of v1 as tensors, in JSON or in binary. The content type says nothing here. */
const inferring: Operation = {
  prepare(request) {
    const loss = findModel(request as InferRequest);
    const jsonLength = jsonLengthOf(request.headers);
    // Fastify would refuse a content type that it cannot parse.
    delete request.raw.headers["content-type"];
    return { format: "v2", loss: loss.name, ...(jsonLength !== undefined && { jsonLength }) };
  },
  describe(reply, answer) {
    reply.header("cache-control", "no-store");
    if ("jsonLength" in answer && answer.jsonLength !== undefined) {
      reply.header("content-type", "application/octet-stream");
      reply.header("inference-header-content-length", answer.jsonLength);
    } else reply.header("content-type", "application/json");
  },
};

/** POST /v2/models/{model}/infer. */
export function v2InferRoutes(app: FastifyInstance, corridor: Corridor): void {
  for (const { path, of } of modelPaths) {
    app.post<{ Params: ModelParams }>(`${path}/infer`, {
      ...describeV2("infer", of),
      ...exchanging(corridor, inferring),
    });
  }
}
