import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/** Who asks, by the socket or by the proxies of TRUST_PROXY; what they pass on may be any text, and only addresses are told. */
export function addressOf({ ip }: FastifyRequest): string {
  return isIP(ip) === 0 ? "unknown" : ip;
}

/** Whose work a request is part of (W3C Trace Context). */
export interface TraceContext {
  /** The whole header, as it came. */
  readonly traceparent: string;
  readonly traceId: string;
  /** The caller's span. */
  readonly spanId: string;
  /** Whether the caller records the trace. */
  readonly sampled: boolean;
}

const version00 = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])$/;

/** What a caller's traceparent says; undefined where there is none, or one that is not of the standard. */
export function traceContextOf({ traceparent }: IncomingHttpHeaders): TraceContext | undefined {
  const found = typeof traceparent === "string" ? version00.exec(traceparent) : null;
  if (!found) return undefined;
  const [whole, traceId, spanId, flags] = found as unknown as [string, string, string, string];
  return { traceparent: whole, traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
