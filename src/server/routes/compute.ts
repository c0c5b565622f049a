import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import { replySchema, requestSchema } from "../../losses/schemas.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import { queryOf } from "../../request/query.ts";
import { computing } from "../../service/stream/line_work.ts";
import { refuseQuery } from "../../wire/ndjson/query.ts";
import { type Corridor, exchanging } from "../exchange.ts";
import { bodyMedia, computeMedia } from "../http/media.ts";
import { linesParameters } from "../openapi/lines.ts";
import { asJson, type Operation } from "../operation.ts";
import { admitLines, linesHandler } from "./lines.ts";

/** Problems of other paths and methods: no request that comes here has them. */
const elsewhere: readonly ProblemCode[] = ["not_found", "unknown_loss", "method_not_allowed"];
const problemCodes = (Object.keys(problems) as ProblemCode[]).filter((code) => !elsewhere.includes(code));

/** POST /v1/losses/{loss}, one route a loss: so that each has its own fields and examples in the OpenAPI document. */
export function computeRoutes(app: FastifyInstance, corridor: Corridor): void {
  const answerLines = linesHandler(corridor);
  for (const loss of losses) {
    const ids = addSchemas(app, loss);
    const one = exchanging(corridor, computingOne(loss));
    const onRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
      if (bodyMedia(request.headers, computeMedia) === "application/json") return one.onRequest(request, reply, done);
      admitLines(request, loss, corridor.lifecycle);
      done();
    };
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      const { linesQuery } = request.record;
      if (linesQuery) answerLines(request, reply, computing(loss.name, linesQuery.options));
      else one.handler(request, reply);
    };
    for (const name of [loss.name, ...loss.aliases]) {
      const schema = {
        tags: [loss.name],
        operationId: `compute_${loss.name}`,
        summary: loss.summary,
        description: [...loss.notes, `Formula: ${loss.formula.text}`, `Gradient: ${loss.gradient.text}`].join("\n\n"),
        querystring: linesParameters(loss),
        body: { $ref: `${ids.request}#` },
        response: { 200: { description: "Computed.", $ref: `${ids.reply}#` } },
        "x-lossd": { problems: problemCodes, examples: loss.examples, lines: true },
        hide: name !== loss.name,
      };
      app.post(`/v1/losses/${name}`, { schema, onRequest, handler });
    }
  }
}

function addSchemas(app: FastifyInstance, loss: Loss): { request: string; reply: string } {
  const name = loss.name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const ids = { request: `${name}Request`, reply: `${name}Reply` };
  app.addSchema({ ...requestSchema(loss), $id: ids.request });
  app.addSchema({ ...replySchema(loss), $id: ids.reply });
  return ids;
}

/** A batch in JSON; the query of one is for streams alone. */
function computingOne(loss: Loss): Operation {
  return {
    gives: ["application/json"],
    prepare({ record, raw }) {
      record.loss = loss.name;
      const query = queryOf(raw.url!);
      if (query !== "") refuseQuery(loss, query);
      return { format: "json", loss: loss.name };
    },
    describe: asJson,
  };
}
