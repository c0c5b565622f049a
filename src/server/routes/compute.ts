import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import { replySchema, requestSchema } from "../../losses/schemas/fields.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import { queryOf } from "../../request/query.ts";
import { bodyFormats, type JobHead } from "../../service/formats.ts";
import { computing } from "../../service/stream/line_work.ts";
import type { Media } from "../../wire/format.ts";
import { refuseQuery } from "../../wire/ndjson/query.ts";
import { type Corridor, exchanging } from "../exchange.ts";
import { bodyMedia, computeMedia } from "../http/media.ts";
import { describeLines } from "../openapi/lines.ts";
import { asText, type Operation } from "../operation.ts";
import { admitLines, linesHandler } from "./lines.ts";

/** Problems that only other paths or methods have: the document of this route leaves them out. */
const elsewhere: readonly ProblemCode[] = ["not_found", "unknown_loss", "method_not_allowed"];
const problemCodes = (Object.keys(problems) as ProblemCode[]).filter((code) => !elsewhere.includes(code));

/** What the OpenAPI document says of formats that have no schemas. */
const media = bodyFormats.map((one) => one.media).filter(({ holds }) => holds);

const streamMedia = ["application/x-ndjson"] as const;

/**
 * POST /v1/losses/{loss}, one route a loss: so that each has its own fields and examples in the OpenAPI document. Streams
 * of lines have a path of their own there, so that their parameters are not shown for one batch; the first takes them too.
 */
export function computeRoutes(app: FastifyInstance, corridor: Corridor): void {
  const answerLines = linesHandler(corridor);
  const config = { computes: true };
  for (const loss of losses) {
    const ids = addSchemas(app, loss);
    const exchanges = new Map(
      bodyFormats.map(({ name, media }) => [media.type, exchanging(corridor, computingOne(loss, name, media))]),
    );
    const exchangeOf = ({ headers }: FastifyRequest) => exchanges.get(bodyMedia(headers, computeMedia));
    const onRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
      const exchange = exchangeOf(request);
      if (exchange) return exchange.onRequest(request, reply, done);
      admitLines(request, loss, corridor.lifecycle);
      done();
    };
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      if (request.record.linesQuery) answerStream(request, reply);
      else exchangeOf(request)!.handler(request, reply);
    };
    const answerStream = (request: FastifyRequest, reply: FastifyReply) =>
      answerLines(request, reply, computing(loss.name, request.record.linesQuery!.options));
    const onStream = (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) => {
      request.record.takes = streamMedia;
      bodyMedia(request.headers, streamMedia);
      admitLines(request, loss, corridor.lifecycle);
      done();
    };
    for (const name of [loss.name, ...loss.aliases]) {
      const schema = {
        tags: [loss.name],
        operationId: `compute_${loss.name}`,
        summary: loss.summary,
        description: [...loss.notes, `Formula: ${loss.formula.text}`, `Gradient: ${loss.gradient.text}`].join("\n\n"),
        body: { $ref: `${ids.request}#` },
        response: { 200: { description: "Computed.", $ref: `${ids.reply}#` } },
        "x-lossd": { problems: problemCodes, examples: loss.examples, media },
        hide: name !== loss.name,
      };
      app.post(`/v1/losses/${name}`, { schema, config, onRequest, handler });
      const described = describeLines(loss, problemCodes, name !== loss.name);
      app.post(`/v1/losses/${name}/lines`, { schema: described, config, onRequest: onStream, handler: answerStream });
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

/** One batch; a query is for streams alone. */
function computingOne(loss: Loss, format: JobHead["format"], { type }: Media): Operation {
  return {
    gives: [type],
    prepare({ record, raw }) {
      record.loss = loss.name;
      const query = queryOf(raw.url!);
      if (query !== "") refuseQuery(loss, query);
      return { format, loss: loss.name } as JobHead;
    },
    isCompressible: true,
    describe: asText(type),
  };
}
