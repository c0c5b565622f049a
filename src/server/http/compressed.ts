import { promisify } from "node:util";
import { gunzipSync, gzip, gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { lengthOf } from "../../json/pieces.ts";
import { free } from "../../service/memory/memory.ts";
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

/** Shorter replies fit into one packet whether they are compressed or not. */
const compressedBytesMin = 1024;

/**
 * Compresses a reply that is computed once, in Node's thread pool and at the quickest level. Undefined: it is too short,
 * or the client cannot unpack it.
 */
export function compressPieces(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  pieces: readonly Uint8Array[],
): Promise<Buffer> | undefined {
  varyByCoding(reply);
  if (!acceptsGzip(headers) || lengthOf(pieces) < compressedBytesMin) return undefined;
  reply.header("content-encoding", "gzip");
  // A copy: the pieces may lie in memory that is shared.
  const text = Buffer.concat(pieces);
  return promisify(gzip)(text, { level: 1 }).finally(() => free(text));
}

/** Says to caches that the reply depends on what the client can unpack. */
export function varyByCoding(reply: FastifyReply): void {
  const others = reply.getHeader("vary");
  reply.header("vary", others === undefined ? "accept-encoding" : `${others}, accept-encoding`);
}
