import { fstatSync } from "node:fs";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import pino from "pino";
import { Problem } from "../problems.ts";
import { Budget } from "../service/memory/budget.ts";
import { LineStream } from "../service/stream/line_stream.ts";
import type { LineTotals, LineWork } from "../service/stream/line_work.ts";
import { startWorkers } from "../service/workers.ts";
import { configuration } from "./configuration.ts";
import { print } from "./output.ts";
import { showProgress } from "./progress.ts";
import { refusal } from "./refusal.ts";

export interface StreamOptions {
  readonly summaryOnly?: boolean;
  /** Nothing goes to stdout: replies are looked at only. */
  readonly quiet?: boolean;
  /** Bytes of the input in all, where they are known. */
  readonly bytesInAll?: number | undefined;
  /** Sees the replies as they come. */
  readonly look?: (bytes: Buffer) => void;
}

/** Answers lines on all workers, as the service does; replies go to stdout. Throws a Failure where not all were read. */
export async function streamLines(
  work: LineWork,
  input: AsyncIterable<Buffer>,
  { summaryOnly = false, quiet = false, bytesInAll, look }: StreamOptions,
): Promise<LineTotals> {
  const config = configuration();
  const pool = await startWorkers(config, pino({ level: "silent" }));
  const budget = new Budget(config.QUEUE_BYTES_MAX);
  const stream = new LineStream(Readable.from(input, { objectMode: false }), pool, budget, {
    work,
    summaryOnly,
    elementsMax: config[work.limit],
    lineBytesMax: config.BODY_BYTES_MAX,
    lineTimeoutMs: config.REQUEST_TIMEOUT_MS,
    bufferBytesMax: config.STREAM_BUFFER_BYTES_MAX,
    bundlesMax: config.WORKERS + 1,
  });
  const state = () => ({ bytes: stream.received, lines: stream.totals.lines, failed: stream.totals.failed });
  // Replies on the same terminal show how far it is by themselves.
  const shown = process.stderr.isTTY && (quiet || !process.stdout.isTTY);
  const endProgress = shown ? showProgress(process.stderr, state, bytesInAll) : () => undefined;
  if (look) stream.output.on("data", look);
  if (quiet) stream.output.resume();
  else stream.output.pipe(process.stdout, { end: false });
  const end = await stream.run().catch((error: Error) => error);
  if (end instanceof Problem) stream.endWith(end);
  stream.output.push(null);
  await finished(stream.output);
  await print("");
  endProgress();
  await pool.close(0);
  if (end instanceof Problem) throw refusal(end.data);
  if (end instanceof Error) throw end;
  return stream.totals;
}

/** Bytes of an open file; undefined for what is none. */
export function sizeOfFile(descriptor: number): number | undefined {
  const stat = fstatSync(descriptor);
  return stat.isFile() ? stat.size : undefined;
}
