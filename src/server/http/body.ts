import type { IncomingMessage } from "node:http";
import { copyBytes } from "../../engine/copy.ts";
import { Problem } from "../../problems.ts";
import { Blocks } from "../../service/memory/blocks.ts";
import { bodyMemory, free, recycle } from "../../service/memory/memory.ts";
import { brokenBody, type ContentCoding, contentCoding, createDecompressor } from "./codings.ts";

export interface BodyLimits {
  readonly bytesMax: number;
  /** The longest silence. */
  readonly idleMs: number;
  /** When the whole body must be there, on performance.now(). */
  readonly deadlineMs: number;
}

/** A body over the limit is read off up to this many times the limit, so that a client that only writes sees the reply. */
const discardFactor = 4;

/** The body's length as its header says it; undefined for a chunked one. The parser has refused anything but digits. */
export function announcedLength(message: IncomingMessage): number | undefined {
  if (message.headers["transfer-encoding"] !== undefined) return undefined;
  return Number(message.headers["content-length"] ?? 0);
}

export function tooLarge(bytes: number | undefined, bytesMax: number): Problem {
  const size = bytes === undefined ? "is larger" : `has ${bytes} bytes: more`;
  return new Problem("body_too_large", `the body ${size} than BODY_BYTES_MAX = ${bytesMax} allows`);
}

/**
 * What a body may take in memory, by its headers: a chunked or compressed one up to the limit. Throws a Problem
 * (body_too_large) if it announces more, which holds for the bytes that are sent as for what they become.
 */
export function bytesToReserve(message: IncomingMessage, bytesMax: number): number {
  const length = announcedLength(message);
  if (length !== undefined && length > bytesMax) throw tooLarge(length, bytesMax);
  return length === undefined || contentCoding(message.headers) ? bytesMax : length;
}

/**
 * Reads a body, decompressed; a large one into shared memory, which survives the worker that gets it. Rejects with a Problem:
 * `body_too_large`, `request_timeout`, `invalid_encoding`, or `bad_request` where the client is gone.
 */
export async function readBody(message: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const coding = contentCoding(message.headers);
  if (coding) return (await decompress(message, coding, limits)).join();
  const length = announcedLength(message);
  // A small body comes with its headers: it is there already, and nothing has to be waited for.
  if (length === message.readableLength) return copied(length > 0 ? (message.read() as Buffer) : Buffer.alloc(0));
  if (length === undefined) return (await collect(message, limits)).join();
  const body = bodyMemory(length);
  let offset = 0;
  const take = (chunk: Buffer) => {
    copyBytes(chunk, body, offset);
    offset += chunk.length;
    free(chunk);
  };
  await receive(message, limits, take).catch((error) => {
    recycle(body);
    throw error;
  });
  return body;
}

function copied(bytes: Buffer): Uint8Array {
  const body = bodyMemory(bytes.length);
  copyBytes(bytes, body);
  return body;
}

async function collect(message: IncomingMessage, limits: BodyLimits): Promise<Blocks> {
  const blocks = new Blocks();
  await receive(message, limits, (chunk) => {
    if (blocks.bytes + chunk.length > limits.bytesMax) throw tooLarge(undefined, limits.bytesMax);
    blocks.add(chunk);
  });
  return blocks;
}

/** Unpacks while the body arrives, and stops at the limit: no body takes more memory than it reserves. */
async function decompress(message: IncomingMessage, coding: ContentCoding, limits: BodyLimits): Promise<Blocks> {
  const decompressor = createDecompressor(coding);
  const blocks = new Blocks();
  let sent = 0;
  const unpacking = Promise.withResolvers<void>();
  decompressor
    .on("data", (chunk: Buffer) => {
      if (blocks.bytes + chunk.length <= limits.bytesMax) blocks.add(chunk);
      else unpacking.reject(unpacksTooLarge(sent, limits.bytesMax));
    })
    .once("end", unpacking.resolve)
    .once("error", (error) => unpacking.reject(brokenBody(coding, error)));
  message.pipe(decompressor);
  const count = (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > limits.bytesMax) throw tooLarge(undefined, limits.bytesMax);
  };
  try {
    await receive(message, limits, count, unpacking.promise);
    await unpacking.promise;
  } finally {
    message.unpipe(decompressor);
    decompressor.destroy();
  }
  return blocks;
}

function unpacksTooLarge(sent: number, bytesMax: number): Problem {
  const detail = `the first ${sent} bytes of the body decompress to more than BODY_BYTES_MAX = ${bytesMax} allows`;
  return new Problem("body_too_large", detail);
}

/**
 * Hands each chunk on until the end. What `take` throws is the rejection, as is that of `failing`, and the stream is
 * then left paused.
 */
function receive(
  message: IncomingMessage,
  limits: BodyLimits,
  take: (chunk: Buffer) => void,
  failing?: Promise<void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = (what: string) => () => reject(new Problem("request_timeout", what));
  const idle = setTimeout(late(`no byte of the body arrived for IDLE_TIMEOUT_MS = ${limits.idleMs} ms`), limits.idleMs);
  const left = Math.max(0, limits.deadlineMs - performance.now());
  const deadline = setTimeout(late("the body did not arrive within REQUEST_TIMEOUT_MS"), left);
  const onData = (chunk: Buffer) => {
    idle.refresh();
    try {
      take(chunk);
    } catch (error) {
      reject(error);
    }
  };
  failing?.catch(reject);
  const onClose = () => reject(new Problem("bad_request", "the connection ended before the body did"));
  const onEnd = () => {
    // "close" follows, before whoever waits for this promise runs.
    message.off("close", onClose);
    resolve();
  };
  message.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose).resume();
  return promise.finally(() => {
    clearTimeout(idle);
    clearTimeout(deadline);
    message.off("data", onData).off("end", onEnd).off("close", onClose);
    if (!message.readableEnded) message.pause();
  });
}

/**
 * Reads off what is left of a body, so that a client that writes everything before it reads gets to its reply.
 * False: there was too much of it, or it came too slowly, and the connection cannot be used again.
 */
export async function discardBody(message: IncomingMessage, limits: BodyLimits): Promise<boolean> {
  const bytesMax = discardFactor * limits.bytesMax;
  if (message.readableEnded) return true;
  if ((announcedLength(message) ?? 0) > bytesMax) return false;
  let bytes = 0;
  const read = receive(message, limits, (chunk) => {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(undefined, bytesMax);
  });
  return read.then(
    () => true,
    () => false,
  );
}
