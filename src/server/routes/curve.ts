import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Config } from "../../config.ts";
import { type Curve, curveFields, curveSchema } from "../../losses/curve_schemas.ts";
import type { Loss } from "../../losses/loss.ts";
import { findLoss, losses } from "../../losses/registry.ts";
import { queryOf } from "../../request/query.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { openPool, reserve, settle } from "../admission.ts";
import { chooseMedia } from "../http/media.ts";
import type { Documentation } from "../openapi/openapi.ts";

const mediaTypes = ["application/json", "image/svg+xml"] as const;

const documentation: Documentation = {
  problems: [
    "bad_request",
    "not_acceptable",
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
export function curveRoutes(app: FastifyInstance, config: Config, lifecycle: Lifecycle): void {
  app.addSchema({ ...curveSchema, $id: "Curve" });
  for (const loss of losses) {
    const fields = Object.entries(curveFields(loss)).map(([name, schema]) => [name, Type.Optional(schema)]);
    const onRequest = async (request: FastifyRequest) => admit(request, loss, config, lifecycle);
    const handler = (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, loss, config);
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
      app.get(`/v1/losses/${name}/curve`, { schema, onRequest, handler });
    }
  }
}

function admit(request: FastifyRequest, loss: Loss, config: Config, lifecycle: Lifecycle): void {
  request.record.loss = loss.name;
  const pool = openPool(lifecycle);
  chooseMedia(request.headers, mediaTypes);
  request.record.reservation = reserve(pool, new TextEncoder().encode(queryOf(request.raw.url!)).length, config);
}

async function answer(request: FastifyRequest, reply: FastifyReply, loss: Loss, config: Config): Promise<FastifyReply> {
  const { record } = request;
  const reservation = record.reservation!;
  try {
    const job = {
      loss: loss.name,
      format: "curve",
      body: new TextEncoder().encode(queryOf(request.raw.url!)),
      elementsMax: config.ELEMENTS_MAX,
    } as const;
    const bytes = Buffer.concat(settle(record, await reservation.run(job, record.deadlineMs)));
    reply.header("cache-control", "no-store").header("vary", "accept");
    if (chooseMedia(request.headers, mediaTypes) === "application/json") {
      return reply.header("content-type", "application/json; charset=utf-8").send(bytes);
    }
    // Opened as a page of its own, a picture has no business with anything but its style.
    reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    return reply.header("content-type", "image/svg+xml; charset=utf-8").send(await plotOf(bytes));
  } finally {
    reservation.cancel();
  }
}

async function plotOf(bytes: Buffer): Promise<string> {
  // Few services ever draw: the library is loaded with the first plot.
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

/** What stands still while the logit moves: first what the caller may have chosen, because the end may be cut off. */
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
