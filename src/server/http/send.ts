import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import type { Config } from "../../config.ts";
import { lengthOf } from "../../json/pieces.ts";
import { free } from "../../service/memory/memory.ts";
import { lookEveryMs, Pace } from "./pace.ts";

/** Replies up to this size fit into the socket's buffer, and are sent in one piece. */
const wholeBytesMax = 1 << 16;

/** Larger replies are written in slices of this size: the next one when the system has taken the one before. */
const sliceBytes = 1024 * 1024;

/**
 * Sends a reply's pieces one after the other, without copying them together. Returns their bytes. It goes past Fastify,
 * whose way would cost a small request a tenth of its time and a large one as much; `beforeReply` does what its hooks would.
 */
export function sendPieces(
  reply: FastifyReply,
  pieces: readonly Uint8Array[],
  config: Config,
  beforeReply: (reply: FastifyReply) => void,
): number {
  const bytes = lengthOf(pieces);
  beforeReply(reply);
  reply.header("content-length", bytes);
  const { raw } = reply.hijack();
  raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
  if (bytes <= wholeBytesMax) raw.end(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
  else sendLarge(reply, pieces, config);
  return bytes;
}

function sendLarge(reply: FastifyReply, pieces: readonly Uint8Array[], config: Config): void {
  const { raw } = reply;
  raw.once("close", () => {
    for (const piece of pieces) free(piece);
  });
  const writer = new SliceWriter(raw, slicesOf(pieces));
  endWithSlowReader(reply, writer, config);
  writer.write();
}

function slicesOf(pieces: readonly Uint8Array[]): Uint8Array[] {
  const slices: Uint8Array[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += sliceBytes) slices.push(piece.subarray(at, at + sliceBytes));
  }
  return slices;
}

/** Writes slices one after the other, and knows how much of them the reader has taken. */
class SliceWriter {
  readonly #raw: ServerResponse;
  readonly #slices: readonly Uint8Array[];
  #next = 0;
  #done = 0;

  constructor(raw: ServerResponse, slices: readonly Uint8Array[]) {
    this.#raw = raw;
    this.#slices = slices;
  }

  /** Bytes that the system has taken. Within a slice only Node's private `writeQueueSize` tells how many. */
  get taken(): number {
    const slice = this.#slices[this.#next - 1];
    const socket = this.#raw.socket as (Socket & { _handle?: { writeQueueSize?: number } | null }) | null;
    const waiting = Math.min(socket?._handle?.writeQueueSize ?? Number.POSITIVE_INFINITY, slice?.length ?? 0);
    return this.#done + (slice?.length ?? 0) - waiting;
  }

  write(): void {
    const slice = this.#slices[this.#next++]!;
    if (this.#next === this.#slices.length) {
      this.#raw.end(slice);
      return;
    }
    this.#raw.write(slice, (error) => {
      if (error) return;
      this.#done += slice.length;
      this.write();
    });
  }
}

/** Ends the connection of a reader that takes less than RATE_BYTES_MIN for IDLE_TIMEOUT_MS: its reply fills memory. */
function endWithSlowReader({ raw, request }: FastifyReply, writer: SliceWriter, config: Config): void {
  const { RATE_BYTES_MIN, IDLE_TIMEOUT_MS } = config;
  // A reader that takes nothing is too slow whatever the rate.
  const pace = new Pace(Math.max(1, RATE_BYTES_MIN), IDLE_TIMEOUT_MS, performance.now());
  let seen = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const { taken } = writer;
    pace.note(Math.max(0, taken - seen), now);
    seen = Math.max(seen, taken);
    if (!pace.isTooSlow(now)) return;
    request.record.code = "reader_stalled";
    // A reset also frees what the system still holds of the reply; a plain close would wait for the reader for minutes.
    raw.socket?.resetAndDestroy();
  }, lookEveryMs(IDLE_TIMEOUT_MS));
  raw.once("close", () => clearInterval(timer));
}
