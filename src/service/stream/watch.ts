import { Problem } from "../../problems.ts";

/** What the watch must know of a stream. */
export interface Watched {
  /** Whether something is computed, or waits for the pool. */
  readonly working: boolean;
  /** Changes whenever bytes came in or went out. */
  readonly mark: string;
  /** Whether unread replies fill the buffer. */
  readonly full: boolean;
  /** Since when, on performance.now(), the rest of a line has been waited for. */
  readonly lineSince: number | undefined;
}

export interface WatchLimits {
  readonly lineTimeoutMs: number;
  /** Undefined: lines may take their time to come. */
  readonly idleTimeoutMs?: number;
}

/** A silence is noticed at most a quarter of the limit late. */
const looksPerTimeout = 4;

/**
 * Looks at a stream from time to time, and stops it if nothing moves or a line does not end. Returns a function that
 * ends the watch.
 */
export function watch(limits: WatchLimits, look: () => Watched, stop: (problem: Problem) => void): () => void {
  const { lineTimeoutMs, idleTimeoutMs } = limits;
  if (idleTimeoutMs === undefined) return () => undefined;
  let last = "";
  let quietSince = performance.now();
  const timer = setInterval(() => {
    const { working, mark, full, lineSince } = look();
    const now = performance.now();
    if (lineSince !== undefined && now - lineSince >= lineTimeoutMs) stop(lateLine(limits));
    if (working || mark !== last) quietSince = now;
    last = mark;
    if (now - quietSince >= idleTimeoutMs) stop(full ? stalled(limits) : silent(limits));
  }, Math.min(lineTimeoutMs, idleTimeoutMs) / looksPerTimeout);
  return () => clearInterval(timer);
}

function lateLine({ lineTimeoutMs }: WatchLimits): Problem {
  return new Problem("request_timeout", `a line did not end within REQUEST_TIMEOUT_MS = ${lineTimeoutMs} ms`);
}

function silent({ idleTimeoutMs }: WatchLimits): Problem {
  return new Problem("request_timeout", `nothing was sent for IDLE_TIMEOUT_MS = ${idleTimeoutMs} ms`);
}

function stalled({ idleTimeoutMs }: WatchLimits): Problem {
  const detail = `STREAM_BUFFER_BYTES_MAX of replies waited unread for IDLE_TIMEOUT_MS = ${idleTimeoutMs} ms: read while you write, or ask for summary_only=true`;
  return new Problem("reader_stalled", detail);
}
