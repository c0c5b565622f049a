import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { findLoss, losses } from "../../losses/registry.ts";
import { curveFields, curveSchema, curvesSchema } from "../../losses/schemas/curve.ts";
import type { PrintedCurves } from "../../plot/curves.ts";
import { Problem } from "../../problems.ts";
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
  "Loss and gradient while one logit runs from `from` to `to`: the numbers of a POST with reduction none. As JSON, or as a plot if Accept prefers image/svg+xml or the path ends in `.svg`; infinities are strings in JSON and gaps in the plot. One option may be a list with commas (`gamma=0,1,2`): each value is a curve, and the reply that of `/v1/losses/{losses}/curve`.";

const descriptionOfSeveral =
  "Up to eight curves over the same logit: of several losses with commas in the path, of a list of values in one parameter (`gamma=0,1,2`), or both. Each loss takes the parameters that it has, options too. A label of 0 is −1 for losses whose labels are −1 and 1, and the other way round; each curve says its own.";

const anyName = losses.flatMap(({ name, aliases }) => [name, ...aliases]).join("|");

/** GET /v1/losses/{loss}/curve, one route a loss: each has its own options as parameters in the OpenAPI document. */
export function curveRoutes(app: FastifyInstance, corridor: Corridor): void {
  app.addSchema({ ...curveSchema, $id: "Curve" });
  for (const loss of losses) {
    const fields = Object.entries(curveFields(loss)).map(([name, schema]) => [name, Type.Optional(schema)]);
    for (const name of [loss.name, ...loss.aliases]) {
      const schema = {
        tags: [loss.name],
        operationId: `curve_${loss.name}`,
        summary: `Loss and gradient of ${loss.name} over a range of one logit`,
        description,
        // Lists are one parameter each, with commas.
        querystring: { ...Type.Object(Object.fromEntries(fields)), style: "form", explode: false },
        response: { 200: replyOf("The curve, or a plot of it.", { $ref: "Curve#" }) },
        "x-lossd": documentation,
        hide: name !== loss.name,
      };
      addBoth(app, corridor, `/v1/losses/${name}/curve`, schema, () => loss.name);
    }
  }
  const { from, to, points, label } = curveFields(findLoss("mse")!) as Record<string, ReturnType<typeof Type.Number>>;
  const schema = {
    tags: ["catalogue"],
    operationId: "compare_curves",
    summary: "Several losses, or values of an option, in one picture",
    description: descriptionOfSeveral,
    params: Type.Object({
      losses: Type.String({
        pattern: `^(${anyName})(,(${anyName}))+$`,
        description: "Names or aliases with commas: all elementwise, or all rowwise.",
      }),
    }),
    querystring: Type.Partial(Type.Object({ from: from!, to: to!, points: points!, label: label! })),
    response: { 200: replyOf("The curves, or a plot of them.", curvesSchema) },
    "x-lossd": { problems: [...documentation.problems, "unknown_loss"] },
  };
  addBoth(app, corridor, "/v1/losses/:losses(^[^/]*,[^/]*$)/curve", schema, namesIn);
}

function replyOf(description: string, schema: object) {
  return { description, content: { "application/json": { schema }, "image/svg+xml": { schema: { type: "string" } } } };
}

/** The losses that a path lists, with commas. Throws a Problem: unknown_loss. */
function namesIn({ params }: FastifyRequest): string {
  const names = (params as { readonly losses: string }).losses.split(",");
  const unknown = names.find((name) => !findLoss(name));
  if (unknown === undefined) return names.map((name) => findLoss(name)!.name).join(",");
  throw new Problem("unknown_loss", `there is no loss called ${JSON.stringify(unknown)}`);
}

type NamesOf = (request: FastifyRequest) => string;

/** A path, and the same with .svg, which is a picture whatever Accept says. */
function addBoth(app: FastifyInstance, corridor: Corridor, path: string, schema: object, namesOf: NamesOf): void {
  app.get(path, { schema, ...exchanging(corridor, drawing(namesOf, false)) });
  app.get(`${path}.svg`, { schema: { hide: true }, ...exchanging(corridor, drawing(namesOf, true)) });
}

/** A curve is a request whose body is its query. */
function drawing(namesOf: NamesOf, isPicture: boolean): Operation {
  const wantsPicture = ({ headers }: FastifyRequest) =>
    isPicture || chooseMedia(headers, mediaTypes) === "image/svg+xml";
  return {
    ...(!isPicture && { gives: mediaTypes }),
    isCompressible: true,
    prepare(request) {
      const loss = namesOf(request);
      request.record.loss = loss;
      return { format: "curve", loss };
    },
    bodyOf: ({ raw }) => new TextEncoder().encode(queryOf(raw.url!)),
    describe(reply) {
      reply.header("cache-control", "no-store");
      if (!isPicture) reply.header("vary", reply.hasHeader("vary") ? "accept, origin" : "accept");
      if (!wantsPicture(reply.request)) {
        reply.header("content-type", "application/json; charset=utf-8");
        return;
      }
      // An SVG that is opened as a page may use its own style and nothing else.
      reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
      reply.header("content-type", "image/svg+xml; charset=utf-8");
    },
    convert: (request, pieces) => (wantsPicture(request) ? pictureOf(Buffer.concat(pieces)) : undefined),
  };
}

async function pictureOf(bytes: Buffer): Promise<string> {
  // Most services never draw, so the library is loaded with the first plot.
  const { drawCurves } = await import("../../plot/curves.ts");
  return drawCurves(JSON.parse(bytes.toString()) as PrintedCurves);
}
