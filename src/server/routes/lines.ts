import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../../config.ts";
import type { Loss } from "../../losses/loss.ts";
import { Problem } from "../../problems.ts";
import { queryOf } from "../../request/query.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { LineStream } from "../../service/stream/line_stream.ts";
import type { LineWork } from "../../service/stream/line_work.ts";
import { type LinesQuery, readLinesQuery } from "../../wire/ndjson/query.ts";
import { type Corridor, openPool } from "../exchange.ts";
import { problemOf } from "../hooks/problems.ts";
import { brokenBody, contentCoding, createDecompressor } from "../http/codings.ts";
import { discardBody } from "../http/discard.ts";
import { chooseMedia } from "../http/media.ts";
import { askForBody } from "../http/record.ts";

/** How long a client may go on sending after its stream was ended while the service stops. */
const lingerMs = 2000;

const gone = new Error("the client is gone");

/** Refuses a stream by its headers and its query. Its lines enter the queue bundle by bundle. */
export function admitLines({ record, headers, raw }: FastifyRequest, loss: Loss, lifecycle: Lifecycle): void {
  record.loss = loss.name;
  openPool(lifecycle);
  chooseMedia(headers, ["application/x-ndjson"]);
  record.linesQuery = readLinesQuery(loss, queryOf(raw.url!));
}

/** Answers streams of lines while they come. */
export function linesHandler({ config, lifecycle, logger }: Corridor) {
  return (request: FastifyRequest, reply: FastifyReply, work: LineWork): void => {
    const { raw } = request;
    askForBody(request, reply);
    // The stream's own limit on silence must act before the socket's.
    raw.socket.setTimeout(2 * config.IDLE_TIMEOUT_MS + config.REQUEST_TIMEOUT_MS);
    const source = openSource(request, (problem) => stream.stop(problem));
    const settings = settingsOf(config, work, request.record.linesQuery!);
    const stream = new LineStream(source, openPool(lifecycle), lifecycle.budget, settings);
    request.record.stream = stream;
    reply.raw.once("close", () => reply.raw.writableFinished || stream.abandon(gone));
    // A client may wait for the reply's head before it sends the first line.
    stream.output.once("resume", () => reply.raw.flushHeaders());
    const unlisten = lifecycle.onRefusing(() => stream.stop(new Problem("draining", "the service is stopping")));
    void runToEnd(stream, request, logger)
      .finally(unlisten)
      .then(() => finishInput(source, request, reply, config));
    reply.header("content-type", "application/x-ndjson").header("cache-control", "no-store");
    // Tells nginx to pass each line on at once, and not to gather the reply.
    reply.header("x-accel-buffering", "no").send(stream.output);
  };
}

function settingsOf(config: Config, work: LineWork, { summaryOnly }: LinesQuery) {
  return {
    work,
    summaryOnly,
    elementsMax: config[work.limit],
    replyBytesMax: config.REPLY_BYTES_MAX,
    lineBytesMax: config.BODY_BYTES_MAX,
    lineTimeoutMs: config.REQUEST_TIMEOUT_MS,
    idleTimeoutMs: config.IDLE_TIMEOUT_MS,
    bufferBytesMax: config.STREAM_BUFFER_BYTES_MAX,
    // As many as keep every worker busy, and no more: ordinary requests share the queue.
    bundlesMax: config.WORKERS + 1,
  };
}

/** The body as bytes of text, decompressed as it comes. */
function openSource({ raw }: FastifyRequest, fail: (problem: Problem) => void): Readable {
  const coding = contentCoding(raw.headers);
  // The reply's "close" says that the client is gone: here it only must not be an unhandled error.
  raw.on("error", () => undefined);
  if (coding === undefined) return raw;
  const decompressor = createDecompressor(coding);
  decompressor.on("error", (error) => fail(brokenBody(coding, error)));
  return raw.pipe(decompressor);
}

/** Runs the stream to its end, and says in the last line what that is. */
async function runToEnd(stream: LineStream, request: FastifyRequest, logger: Logger): Promise<void> {
  const end = await stream.run().catch((error: Error) => error);
  if (end instanceof Error && end !== gone) {
    const problem = problemOf(end, request, logger);
    request.record.code = problem.code;
    stream.endWith(problem);
  }
  stream.output.push(null);
}

/** Reads off the rest of the body: a client that writes all before it reads would never see the last line. */
async function finishInput(
  source: Readable,
  { raw, record }: FastifyRequest,
  reply: FastifyReply,
  config: Config,
): Promise<void> {
  if (raw.destroyed) return;
  if (source !== raw) {
    raw.unpipe();
    source.destroy();
  }
  const patienceMs = record.code === "draining" ? lingerMs : config.REQUEST_TIMEOUT_MS;
  const limits = {
    bytesMax: config.BODY_BYTES_MAX,
    idleMs: config.IDLE_TIMEOUT_MS,
    deadlineMs: performance.now() + patienceMs,
  };
  if (await discardBody(raw, limits)) return;
  const close = () => {
    raw.socket.end();
    setTimeout(() => raw.socket.destroy(), lingerMs).unref();
  };
  if (reply.raw.writableFinished) close();
  else reply.raw.once("finish", close);
}
