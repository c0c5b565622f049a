import pino, { type Logger } from "pino";
import type { Config } from "../config.ts";
import { openSink } from "./log_sink.ts";

/** Lines are written together, so many characters: one write a line would cost more than all else of a small request. */
const writeLength = 32 * 1024;
/** The longest that a line waits for others. */
const writeDelayMs = 100;
/** Lines that wait for a reader beyond this many bytes are dropped. */
const backlogBytesMax = 4 * 1024 * 1024;

export interface Log {
  readonly logger: Logger;
  /** Writes what is left, and gives up after `timeoutMs`: a full disk would be tried again for ever. */
  flush(timeoutMs: number): Promise<void>;
}

/** The time as a line has it: made once a millisecond, and not once a line. */
function timestamps(): () => string {
  let last = 0;
  let text = "";
  return () => {
    const now = Date.now();
    if (now !== last) text = `,"time":"${new Date(now).toISOString()}"`;
    last = now;
    return text;
  };
}

/** A logger that cannot stop the service, nor keep it from stopping: a full disk or a reader that stands still costs lines. */
export function createLog(level: Config["LOG_LEVEL"], fileDescriptor = 1): Log {
  let waiting = "";
  let dropped = 0;
  const sink = openSink(fileDescriptor);
  const pass = () => {
    const lines = waiting;
    waiting = "";
    if (lines === "") return;
    if (sink.pendingBytes < backlogBytesMax) sink.write(lines);
    else dropped += lines.split("\n").length - 1;
  };
  for (const event of ["beforeExit", "exit"] as const) {
    process.once(event, () => {
      pass();
      sink.writeNow();
    });
  }
  const write = (line: string) => {
    if (waiting === "") setTimeout(pass, writeDelayMs).unref();
    waiting += line;
    if (waiting.length >= writeLength) pass();
  };
  const logger = pino({ level, base: null, timestamp: timestamps() }, { write });
  sink.onEmpty(() => {
    if (dropped === 0) return;
    const lines = dropped;
    dropped = 0;
    logger.warn({ lines }, "log lines were dropped");
  });
  const flush = (timeoutMs: number) => {
    pass();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    sink.onceEmpty(resolve);
    return promise.finally(() => clearTimeout(timer));
  };
  return { logger, flush };
}
