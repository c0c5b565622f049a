import { gunzipSync, gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptsGzip } from "./codings.ts";

/** A text in gzip's form. */
export type Compressed = Buffer;

/** For texts that are sent again and again. */
export function compressed(text: string): Compressed {
  return gzipSync(text, { level: 9 });
}

/** Sends what was compressed beforehand, plain to the few clients that cannot unpack it. */
export function sendCompressed(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  bytes: Compressed,
  type: string,
): FastifyReply {
  reply.header("content-type", type);
  varyByCoding(reply);
  if (!acceptsGzip(headers)) return reply.send(gunzipSync(bytes));
  return reply.header("content-encoding", "gzip").send(bytes);
}

/** Says to caches that the reply depends on what the client can unpack. */
export function varyByCoding(reply: FastifyReply): void {
  const others = reply.getHeader("vary");
  reply.header("vary", others === undefined ? "accept-encoding" : `${others}, accept-encoding`);
}
