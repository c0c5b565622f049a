import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Loss } from "../../losses/loss.ts";
import { findLoss, losses } from "../../losses/registry.ts";
import { type Curve, curveFields, curveSchema } from "../../losses/schemas/curve.ts";
import { queryOf } from "../../request/query.ts";
import { type Corridor, exchanging } from "../exchange.ts";
import { chooseMedia } from "../http/media.ts";
import type { Documentation } from "../openapi/openapi.ts";
import type { Operation } from "../operation.ts";

const mediaTypes = ["application/json", "image/svg+xml"] as const;

const documentation: Documentation = {
  problems: [
    "bad_request",
    "foreign_origin",
    "not_acceptable",
    "unknown_host",
    "too_many_elements",
    "invalid_request",
    "queue_full",
    "headers_too_large",
    "internal",
    "worker_crashed",
    "starting",
    "draining",
    "deadline_exceeded",
  ],
};

const description =
  "Loss and gradient while one logit runs from `from` to `to`: the numbers of a POST with reduction none. As JSON, or as a plot if Accept prefers image/svg+xml; infinities are strings in JSON and gaps in the plot.";

/** GET /v1/losses/{loss}/curve, one route a loss: each has its own options as parameters in the OpenAPI document. */
export function curveRoutes(app: FastifyInstance, corridor: Corridor): void {
  app.addSchema({ ...curveSchema, $id: "Curve" });
  for (const loss of losses) {
    const fields = Object.entries(curveFields(loss)).map(([name, schema]) => [name, Type.Optional(schema)]);
    const exchange = exchanging(corridor, drawing(loss));
    for (const name of [loss.name, ...loss.aliases]) {
      const schema = {
        tags: [loss.name],
        operationId: `curve_${loss.name}`,
        summary: `Loss and gradient of ${loss.name} over a range of one logit`,
        description,
        // Lists are one parameter each, with commas.
        querystring: { ...Type.Object(Object.fromEntries(fields)), style: "form", explode: false },
        response: {
          200: {
            description: "The curve, or a plot of it.",
            content: {
              "application/json": { schema: { $ref: "Curve#" } },
              "image/svg+xml": { schema: { type: "string" } },
            },
          },
        },
        "x-lossd": documentation,
        hide: name !== loss.name,
      };
      app.get(`/v1/losses/${name}/curve`, { schema, ...exchange });
    }
  }
}

/** A curve is a request whose body is its query. */
function drawing(loss: Loss): Operation {
  const wants = (request: FastifyRequest) => chooseMedia(request.headers, mediaTypes);
  return {
    gives: mediaTypes,
    prepare({ record }) {
      record.loss = loss.name;
      return { format: "curve", loss: loss.name };
    },
    bodyOf: ({ raw }) => new TextEncoder().encode(queryOf(raw.url!)),
    describe(reply) {
      reply.header("cache-control", "no-store").header("vary", reply.hasHeader("vary") ? "accept, origin" : "accept");
      if (wants(reply.request) === "application/json") {
        reply.header("content-type", "application/json; charset=utf-8");
        return;
      }
      // An SVG that is opened as a page may use its own style and nothing else.
      reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
      reply.header("content-type", "image/svg+xml; charset=utf-8");
    },
    convert: (request, bytes) => (wants(request) === "application/json" ? undefined : plotOf(bytes)),
  };
}

async function plotOf(bytes: Buffer): Promise<string> {
  // Most services never draw, so the library is loaded with the first plot.
  const { drawPlot } = await import("../../plot/plot.ts");
  const curve = JSON.parse(bytes.toString()) as Curve;
  const { name, logits, class: moving } = curve;
  return drawPlot({
    title: `${name}: loss and gradient over ${logits ? `the logit of class ${moving}` : "the logit"}`,
    subtitle: settingsOf(curve).join(" · ").replaceAll("-", "−"),
    xName: logits ? `logit z of class ${moving}` : "logit z",
    yName: "loss, gradient",
    x: curve.logit,
    series: [
      { name: "loss", values: curve.losses.map(Number) },
      { name: "gradient ∂loss/∂z", values: curve.gradients.map(Number) },
    ],
  });
}

/** The fixed fields, for the plot's subtitle. Its end may be cut off, so what the caller has chosen comes first. */
function settingsOf({ name, label, logits, class: moving, options }: Curve): string[] {
  const fields: Record<string, { default?: unknown }> = curveFields(findLoss(name)!);
  const chosen = (option: string) => (options[option] === fields[option]?.default ? 0 : 1);
  return [
    ...(logits ? [`logits ${logits.map((logit, c) => (c === moving ? "z" : logit)).join(", ")}`] : []),
    `label ${[label].flat().join(", ")}`,
    ...Object.keys(options)
      .sort((one, other) => chosen(other) - chosen(one))
      .map((option) => `${option} ${[options[option]].flat().join(", ")}`),
  ];
}
