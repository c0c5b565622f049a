import type { IncomingMessage } from "node:http";
import { Problem } from "../problems.ts";

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

/** Bodies up to this size lie in plain memory: a copy to a worker costs less than shared memory does. */
const plainBytesMax = 1 << 16;

/**
 * Shared memory of requests that were answered, for those to come: a worker collects its garbage rarely, and until then
 * keeps every body alive that it was ever sent.
 */
const spare: SharedArrayBuffer[] = [];
const spareBytesMax = 128 * 1024 * 1024;
/** Sizes are multiples of this, so that bodies of about one size use the same memory. */
const grain = 1024 * 1024;

function allocate(bytes: number): Uint8Array {
  if (bytes <= plainBytesMax) return new Uint8Array(bytes);
  const place = spare.findIndex(({ byteLength }) => byteLength >= bytes);
  const [memory] = place < 0 ? [] : spare.splice(place, 1);
  return new Uint8Array(memory ?? new SharedArrayBuffer(Math.ceil(bytes / grain) * grain), 0, bytes);
}

/** Gives back a body that nobody reads any more: no worker, and no later try of its request. */
export function recycleBody({ buffer }: Uint8Array): void {
  if (!(buffer instanceof SharedArrayBuffer)) return;
  spare.push(buffer);
  while (spare.reduce((sum, { byteLength }) => sum + byteLength, 0) > spareBytesMax) spare.shift();
}

/**
 * Reads a body; a large one into shared memory, which survives the worker that gets it. Rejects with a Problem:
 * `body_too_large`, `request_timeout`, or `bad_request` where the client is gone.
 */
export async function readBody(message: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const length = announcedLength(message);
  // A small body comes with its headers: it is there already, and nothing has to be waited for.
  if (length === message.readableLength) return join(length > 0 ? [message.read() as Buffer] : []);
  if (length === undefined) return join(await collect(message, limits));
  const body = allocate(length);
  let offset = 0;
  await receive(message, limits, (chunk) => {
    body.set(chunk, offset);
    offset += chunk.length;
  });
  return body;
}

async function collect(message: IncomingMessage, limits: BodyLimits): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await receive(message, limits, (chunk) => {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) throw tooLarge(undefined, limits.bytesMax);
    chunks.push(chunk);
  });
  return chunks;
}

function join(chunks: readonly Buffer[]): Uint8Array {
  const body = allocate(chunks.reduce((bytes, chunk) => bytes + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** Hands each chunk on until the end; what `take` throws is the rejection, and the stream is left paused. */
function receive(message: IncomingMessage, limits: BodyLimits, take: (chunk: Buffer) => void): Promise<void> {
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
