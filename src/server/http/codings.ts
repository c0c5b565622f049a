import type { IncomingHttpHeaders } from "node:http";
import type { Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import { Problem } from "../../problems.ts";

/** Large enough that a body of 64 MiB is a thousand steps of the thread pool, and small beside what a body reserves. */
const chunkSize = 1 << 16;

/** Decompression runs in Node's thread pool, not on the thread that serves. "deflate" is zlib's format (RFC 9110, 8.4.1). */
const decompressors = {
  gzip: () => createGunzip({ chunkSize }),
  // For gzip this option would refuse a second member, which is allowed there.
  deflate: () => createInflate({ chunkSize, rejectGarbageAfterEnd: true }),
};

export type ContentCoding = keyof typeof decompressors;

/** What a client may send, for the accept-encoding header of a refusal. */
export const acceptedCodings = [...Object.keys(decompressors), "identity"].join(", ");

/** How the body is compressed; undefined if it is not. Throws a Problem: unsupported_media_type. */
export function contentCoding(headers: IncomingHttpHeaders): ContentCoding | undefined {
  const encoding = headers["content-encoding"];
  const name = encoding
    ?.trim()
    .toLowerCase()
    .replace(/^x-gzip$/, "gzip");
  if (name === undefined || name === "" || name === "identity") return undefined;
  if (Object.hasOwn(decompressors, name)) return name as ContentCoding;
  const detail = `content-encoding is ${JSON.stringify(encoding)}: send one of ${acceptedCodings}`;
  throw new Problem("unsupported_media_type", detail);
}

/** What decompresses a body of that coding; its errors become Problems by `brokenBody`. */
export function createDecompressor(coding: ContentCoding): Transform {
  return decompressors[coding]();
}

/** The Problem for a decompressor's error. */
export function brokenBody(coding: ContentCoding, { message }: Error): Problem {
  return new Problem("invalid_encoding", `content-encoding is ${coding}, and the body is not: ${message}`);
}

/** Whether a reply may be compressed by gzip: the client names it, or takes any coding, and does not rule it out. */
export function acceptsGzip({ "accept-encoding": accepted }: IncomingHttpHeaders): boolean {
  const qualities = new Map<string, number>();
  for (const entry of String(accepted ?? "")
    .toLowerCase()
    .split(",")) {
    const [name = "", ...parameters] = entry.split(";").map((item) => item.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    qualities.set(name, quality === undefined ? 1 : Number(quality.slice(2)));
  }
  return (qualities.get("gzip") ?? qualities.get("x-gzip") ?? qualities.get("*") ?? 0) > 0;
}
