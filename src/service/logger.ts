import pino, { type Logger } from "pino";
import type { Config } from "../config.ts";

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

/** A logger that cannot stop the service: a full disk or a reader that stands still costs lines, not requests. */
export function createLog(level: Config["LOG_LEVEL"], fileDescriptor = 1): Log {
  let waiting = "";
  // Before the destination hears of it, which then writes what it holds.
  for (const event of ["beforeExit", "exit"]) process.once(event, () => pass());
  // Without a least length, flush would not wait for what is being written.
  const destination = pino.destination({ dest: fileDescriptor, sync: false, minLength: 1, maxLength: backlogBytesMax });
  let dropped = 0;
  // Without a listener a write error is thrown where nothing catches it.
  destination.on("error", () => undefined);
  destination.on("drop", (lines: string) => {
    dropped += lines.split("\n").length - 1;
  });
  const pass = () => {
    const lines = waiting;
    waiting = "";
    if (lines !== "") destination.write(lines);
  };
  const write = (line: string) => {
    if (waiting === "") setTimeout(pass, writeDelayMs).unref();
    waiting += line;
    if (waiting.length >= writeLength) pass();
  };
  const options = { level, base: null, timestamp: timestamps() };
  const logger = pino(options, { write });
  destination.on("drain", () => {
    if (dropped === 0) return;
    const lines = dropped;
    dropped = 0;
    logger.warn({ lines }, "log lines were dropped");
  });
  const flush = (timeoutMs: number) =>
    new Promise<void>((resolve) => {
      pass();
      const timer = setTimeout(resolve, timeoutMs);
      destination.flush(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  return { logger, flush };
}
