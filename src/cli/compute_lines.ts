import { computing } from "../service/stream/line_work.ts";
import { exitCodes, Failure } from "./failure.ts";
import { sizeOfFile, streamLines } from "./stream_lines.ts";

/** Answers requests, one a line, on all workers: the lines that the service answers. `loss` is in the registry. */
export async function computeLines(loss: string, input: AsyncIterable<Buffer>, summaryOnly = false): Promise<void> {
  const bytesInAll = sizeOfFile(process.stdin.fd);
  const { lines, failed } = await streamLines(computing(loss, {}), input, { summaryOnly, bytesInAll });
  if (failed > 0)
    throw new Failure(exitCodes.usage, `${failed} of ${lines} lines failed: each has its problem on stdout`);
}
