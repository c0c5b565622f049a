import pino, { type Logger } from "pino";
import type { Config } from "../config.ts";
import { type LogLines, type News, OwnLines } from "./log_lines.ts";
import { openSink } from "./log_sink.ts";

/** The longest that a line waits for others. */
const writeDelayMs = 100;
/** Lines that wait for a reader beyond this many bytes are dropped. */
const backlogBytesMax = 4 * 1024 * 1024;

export interface Log {
  readonly logger: Logger;
  /** Has lines written that another thread has added. */
  look(news: News): void;
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

/** A logger of any thread: `write` gets its lines. */
export function createLogger(level: Config["LOG_LEVEL"], write: (line: string) => void): Logger {
  return pino({ level, base: null, timestamp: timestamps() }, { write });
}

/**
 * A log that cannot stop the service, nor keep it from stopping: a full disk or a reader that stands still costs lines.
 * Other threads may add to `lines`.
 */
export function createLog(level: Config["LOG_LEVEL"], fileDescriptor = 1, lines: LogLines = new OwnLines()): Log {
  let dropped = 0;
  const sink = openSink(fileDescriptor);
  const pass = () => {
    const taken = lines.take();
    dropped += taken.dropped;
    if (taken.text.length === 0) return;
    if (sink.pendingBytes < backlogBytesMax) sink.write(taken.text);
    else dropped += taken.text.toString().split("\n").length - 1;
  };
  for (const event of ["beforeExit", "exit"] as const) {
    process.once(event, () => {
      pass();
      sink.writeNow();
    });
  }
  const look = (news: News) => {
    if (news === "many") pass();
    else setTimeout(pass, writeDelayMs).unref();
  };
  const logger = createLogger(level, (line) => {
    const news = lines.append(line);
    if (news) look(news);
  });
  sink.onEmpty(() => {
    if (dropped === 0) return;
    const count = dropped;
    dropped = 0;
    logger.warn({ lines: count }, "log lines were dropped");
  });
  const flush = (timeoutMs: number) => {
    pass();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    sink.onceEmpty(resolve);
    return promise.finally(() => clearTimeout(timer));
  };
  return { logger, look, flush };
}

// Each under its own name, as TypeScript keeps the kind of a unique symbol only so.
const levels: typeof pino.symbols.lsCacheSym = pino.symbols.lsCacheSym;
const bindings: typeof pino.symbols.chindingsSym = pino.symbols.chindingsSym;
const time: typeof pino.symbols.timeSym = pino.symbols.timeSym;
const stream: typeof pino.symbols.streamSym = pino.symbols.streamSym;

/** What of a pino logger makes its lines. */
interface Insides {
  readonly [levels]: Readonly<Record<number, string>>;
  readonly [bindings]: string;
  readonly [time]: () => string;
  readonly [stream]: { write(line: string): void };
}

export type LineLevel = "debug" | "info" | "error";
export type WriteLine = (level: LineLevel, members: string) => void;

/**
 * Writes lines of one message, as pino would and where it would, of members that are JSON already (`,"name":value` each):
 * pino's own loop over them takes longer than the kernel of a small request.
 */
export function lineWriter(logger: Logger, message: string): WriteLine {
  const insides = logger as unknown as Insides;
  const start = (level: LineLevel) => insides[levels][logger.levels.values[level]!]!;
  const starts = { debug: start("debug"), info: start("info"), error: start("error") };
  const end = `,"msg":${JSON.stringify(message)}}\n`;
  return (level, members) => {
    if (!logger.isLevelEnabled(level)) return;
    insides[stream].write(starts[level] + insides[time]() + insides[bindings] + members + end);
  };
}
