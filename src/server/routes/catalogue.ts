import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import { Type } from "typebox";
import { losses } from "../../losses/registry.ts";
import { catalogueSchema, describe } from "../../losses/schemas/catalogue.ts";
import { checkAccept } from "../http/media.ts";
import type { Documentation } from "../openapi/openapi.ts";

const documentation: Documentation = {
  problems: ["bad_request", "not_acceptable", "unknown_host", "headers_too_large", "internal"],
};

/** The losses as data: what each computes, takes and returns. */
export function catalogueRoutes(app: FastifyInstance): void {
  const onRequest = (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction) => {
    checkAccept(request.headers);
    done();
  };
  app.addSchema({ ...catalogueSchema, $id: "Loss" });
  const schema = {
    tags: ["catalogue"],
    operationId: "list_losses",
    summary: "All losses",
    response: { 200: { description: "By name.", ...Type.Object({ losses: Type.Array(Type.Ref("Loss#")) }) } },
    "x-lossd": documentation,
  };
  const all = { losses: losses.map(describe) };
  app.get("/v1/losses", { schema, onRequest }, () => all);
  for (const loss of losses) {
    const entry = describe(loss);
    for (const name of [loss.name, ...loss.aliases]) {
      const schema = {
        tags: [loss.name],
        operationId: `describe_${loss.name}`,
        summary: `What ${loss.name} is`,
        response: { 200: { description: loss.summary, $ref: "Loss#" } },
        "x-lossd": documentation,
        hide: name !== loss.name,
      };
      app.get(`/v1/losses/${name}`, { schema, onRequest }, () => entry);
    }
  }
}
