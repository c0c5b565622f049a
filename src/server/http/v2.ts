import type { IncomingHttpHeaders } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { lossHint, lossNames } from "../../losses/hints/names.ts";
import type { Loss } from "../../losses/loss.ts";
import { findLoss } from "../../losses/registry.ts";
import { modelVersion } from "../../losses/schemas/models.ts";
import { Problem } from "../../problems.ts";

export interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

export type InferRequest = FastifyRequest<{ Params: ModelParams }>;

/** A model's path, with and without its version, and the parameters in it. */
export const modelPaths = [
  { path: "/v2/models/:model", of: ["model"] },
  { path: "/v2/models/:model/versions/:version", of: ["model", "version"] },
] as const;

/** The loss that a path names. Throws a Problem: unknown_loss, or not_found for a version that there is not. */
export function findModel({ params, record }: FastifyRequest<{ Params: ModelParams }>): Loss {
  const { model, version = modelVersion } = params;
  const loss = findLoss(model);
  if (!loss) {
    const hint = lossHint(model);
    const meant = hint && ` (${hint})`;
    throw new Problem("unknown_loss", `there is no model of this name${meant}; the models are ${lossNames()}`);
  }
  if (version !== modelVersion) throw new Problem("not_found", `${loss.name} has the version ${modelVersion} only`);
  record.loss = loss.name;
  return loss;
}

/** Sent as bytes, because Fastify adds a charset to text: one client shows errors only if there is none. */
export function sendJson(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  return reply
    .code(status)
    .header("content-type", "application/json")
    .send(Buffer.from(JSON.stringify(value)));
}

/**
 * Bytes of JSON at the body's start, by the protocol's header or, where a proxy drops that, by the media type's parameter;
 * undefined: all of it. Throws a Problem: invalid_request.
 */
export function jsonLengthOf(headers: IncomingHttpHeaders): number | undefined {
  const inType = /;\s*json-header-size\s*=\s*"?([^;"]*)/i.exec(headers["content-type"] ?? "")?.[1]?.trim();
  const text = headers["inference-header-content-length"] ?? inType;
  if (text === undefined) return undefined;
  if (typeof text === "string" && /^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  const shown = JSON.stringify(String(text).slice(0, 40));
  const detail = `Inference-Header-Content-Length is ${shown}, but must be the bytes of JSON before the binary tensors, at least 1`;
  throw new Problem("invalid_request", detail);
}
