import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../../config.ts";
import { lengthOf } from "../../json/segments.ts";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import { replySchema, requestSchema } from "../../losses/schemas.ts";
import type { Reservation } from "../../pool/pool.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import { queryOf } from "../../request/query.ts";
import type { Job, JobHead, JobResult } from "../../service/formats.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { free, recycle, replyMemory } from "../../service/memory/memory.ts";
import { computing } from "../../service/stream/line_work.ts";
import { refuseQuery } from "../../wire/ndjson/query.ts";
import { openPool, queueFull, reserve, settle } from "../admission.ts";
import { bytesToReserve, readBody } from "../http/body.ts";
import { bodyMedia, checkAccept, computeMedia } from "../http/media.ts";
import { askForBody } from "../http/record.ts";
import { linesParameters } from "../openapi/lines.ts";
import { admitLines, linesHandler } from "./lines.ts";

/** What only another path or another method can meet. */
const elsewhere: readonly ProblemCode[] = ["not_found", "unknown_loss", "method_not_allowed"];
const problemCodes = (Object.keys(problems) as ProblemCode[]).filter((code) => !elsewhere.includes(code));

/** POST /v1/losses/{loss}, one route a loss: so that each has its own fields and examples in the OpenAPI document. */
export function computeRoutes(app: FastifyInstance, config: Config, lifecycle: Lifecycle, logger: Logger): void {
  const answerLines = linesHandler(config, lifecycle, logger);
  for (const loss of losses) {
    const ids = addSchemas(app, loss);
    const onRequest = async (request: FastifyRequest) =>
      bodyMedia(request.headers, computeMedia) === "application/x-ndjson"
        ? admitLines(request, loss, lifecycle)
        : admit(request, loss, config, lifecycle);
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const { linesQuery } = request.record;
      if (linesQuery) return answerLines(request, reply, computing(loss.name, linesQuery.options));
      return compute(request, reply, loss, config, lifecycle);
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

/** Admits or refuses by the headers alone: under overload no body is read, and none is held in memory. */
function admit(request: FastifyRequest, loss: Loss, config: Config, lifecycle: Lifecycle): void {
  const { record, raw } = request;
  record.loss = loss.name;
  const pool = openPool(lifecycle);
  checkAccept(request.headers);
  const query = queryOf(raw.url!);
  if (query !== "") refuseQuery(loss, query);
  record.reservation = reserve(pool, bytesToReserve(raw, config.BODY_BYTES_MAX), config);
}

/** Replies that the socket's own buffer takes at once need no place. */
const heldReplyBytes = 1 << 16;

/**
 * A large reply, and all of the memory it lies in, counts among the bytes in flight until its client has read it: one that
 * never reads fills the queue.
 */
function hold({ pool }: Lifecycle, reply: FastifyReply, pieces: readonly Buffer[], bytes: number): void {
  const { room } = reply.request.record;
  if (bytes < heldReplyBytes && !room) return;
  const release = pool?.hold(Math.max(bytes, room?.buffer.byteLength ?? 0));
  reply.raw.once("close", () => {
    release?.();
    if (room) recycle(room);
    for (const piece of pieces) free(piece);
  });
}

/** Fastify tells bytes by their ArrayBuffer, and would make JSON of those that lie in shared memory. */
const asItIs = (bytes: Buffer) => bytes as unknown as string;

/** Sends a reply's pieces one after the other, without a joining copy. */
export function sendPieces(reply: FastifyReply, pieces: readonly Buffer[], lifecycle: Lifecycle): FastifyReply {
  const bytes = lengthOf(pieces);
  hold(lifecycle, reply, pieces, bytes);
  if (pieces.length === 1) return reply.serializer(asItIs).send(pieces[0]);
  return reply.header("content-length", bytes).send(Readable.from(pieces, { objectMode: false }));
}

async function compute(
  request: FastifyRequest,
  reply: FastifyReply,
  loss: Loss,
  config: Config,
  lifecycle: Lifecycle,
): Promise<FastifyReply> {
  const { record } = request;
  const reservation = record.reservation!;
  try {
    const segments = settle(
      record,
      await run(request, reply, reservation, { format: "json", loss: loss.name }, config),
    );
    reply.header("content-type", "application/json; charset=utf-8").header("cache-control", "no-store");
    return sendPieces(reply, segments, lifecycle);
  } finally {
    reservation.cancel();
  }
}

/** Reads the body and has the job done that it belongs to. */
export async function run(
  request: FastifyRequest,
  reply: FastifyReply,
  reservation: Reservation<Job, JobResult>,
  job: JobHead,
  config: Config,
) {
  const { record, raw } = request;
  askForBody(request, reply);
  const { deadlineMs } = record;
  const limits = { bytesMax: config.BODY_BYTES_MAX, idleMs: config.IDLE_TIMEOUT_MS, deadlineMs };
  const body = await readBody(raw, limits);
  record.bytes = body.length;
  if (!reservation.resize(body.length)) {
    recycle(body);
    throw queueFull(config);
  }
  const room = replyMemory(body);
  const elementsMax = config.ELEMENTS_MAX;
  const unused = Promise.withResolvers<void>();
  const whole = { ...job, body, ...(room && { replyMemory: room }), elementsMax };
  const answered = await reservation.run(whole, deadlineMs, unused.resolve).catch((error) => {
    // A worker may be at it still.
    void unused.promise.then(() => {
      recycle(body);
      if (room) recycle(room);
    });
    throw error;
  });
  recycle(body);
  if (room && isShared(answered.result)) record.room = room;
  else if (room) recycle(room);
  return answered;
}

/** Whether the reply lies in the memory that it was lent: what comes from a worker is never shared otherwise. */
function isShared(result: JobResult): boolean {
  return result.ok && result.reply.some(({ buffer }) => buffer instanceof SharedArrayBuffer);
}
