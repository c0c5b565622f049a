import { fstatSync } from "node:fs";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import pino from "pino";
import { Problem } from "../problems.ts";
import { startPool } from "../server/compute_pool.ts";
import { LineStream } from "../server/stream/line_stream.ts";
import { configuration } from "./configuration.ts";
import { exitCodes, Failure } from "./failure.ts";
import { print } from "./output.ts";
import { showProgress } from "./progress.ts";
import { refusal } from "./refusal.ts";

/** Answers requests, one a line, on all workers: the lines that the service answers. `loss` is in the registry. */
export async function computeLines(loss: string, input: AsyncIterable<Buffer>, summaryOnly = false): Promise<void> {
  const config = configuration();
  const pool = await startPool(config, pino({ level: "silent" }));
  const stream = new LineStream(Readable.from(input, { objectMode: false }), pool, {
    loss,
    options: {},
    summaryOnly,
    elementsMax: config.ELEMENTS_MAX,
    lineBytesMax: config.BODY_BYTES_MAX,
    lineTimeoutMs: config.REQUEST_TIMEOUT_MS,
    bufferBytesMax: config.STREAM_BUFFER_BYTES_MAX,
    bundlesMax: config.WORKERS + 1,
  });
  const state = () => ({ bytes: stream.received, lines: stream.totals.lines, failed: stream.totals.failed });
  // Replies on the same terminal show how far it is by themselves.
  const shown = process.stderr.isTTY && !process.stdout.isTTY;
  const endProgress = shown ? showProgress(process.stderr, state, sizeOfStdin()) : () => undefined;
  stream.output.pipe(process.stdout, { end: false });
  const end = await stream.run().catch((error: Error) => error);
  if (end instanceof Problem) stream.endWith(end);
  stream.output.push(null);
  await finished(stream.output);
  await print("");
  endProgress();
  await pool.close(0);
  if (end instanceof Problem) throw refusal(end.data);
  if (end instanceof Error) throw end;
  const { lines, failed } = stream.totals;
  if (failed > 0)
    throw new Failure(exitCodes.usage, `${failed} of ${lines} lines failed: each has its problem on stdout`);
}

function sizeOfStdin(): number | undefined {
  const stat = fstatSync(process.stdin.fd);
  return stat.isFile() ? stat.size : undefined;
}
