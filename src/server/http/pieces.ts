import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { Config } from "../../config.ts";
import { lengthOf } from "../../json/segments.ts";
import { free } from "../../service/memory/memory.ts";
import { lookEveryMs, Pace } from "./pace.ts";

/** Replies that the socket's own buffer takes at once are sent as they are. */
const wholeBytesMax = 1 << 16;

/** Larger ones go in slices: a reader's progress is seen in them. */
const sliceBytes = 256 * 1024;

/** Fastify tells bytes by their ArrayBuffer, and would make JSON of those that lie in shared memory. */
const asItIs = (bytes: Buffer) => bytes as unknown as string;

/** Sends a reply's pieces one after the other, without a joining copy. Returns their bytes. */
export function sendPieces(reply: FastifyReply, pieces: readonly Buffer[], config: Config): number {
  const bytes = lengthOf(pieces);
  if (bytes <= wholeBytesMax) {
    reply.serializer(asItIs).send(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
    return bytes;
  }
  const slices = new Slices(pieces);
  endWithSlowReader(reply, slices, config);
  reply.raw.once("close", () => {
    for (const piece of pieces) free(piece);
  });
  reply.header("content-length", bytes).send(slices);
  return bytes;
}

/** Pieces of a reply, handed on slice by slice as the socket takes them. */
class Slices extends Readable {
  readonly #pieces: readonly Buffer[];
  #piece = 0;
  #at = 0;
  /** Told of each slice that was taken. */
  onTaken: (bytes: number) => void = () => undefined;

  constructor(pieces: readonly Buffer[]) {
    super({ highWaterMark: 1 });
    this.#pieces = pieces.filter(({ length }) => length > 0);
  }

  override _read(): void {
    const piece = this.#pieces[this.#piece];
    if (!piece) {
      this.push(null);
      return;
    }
    const slice = piece.subarray(this.#at, this.#at + sliceBytes);
    this.#at += slice.length;
    if (this.#at === piece.length) {
      this.#piece++;
      this.#at = 0;
    }
    this.onTaken(slice.length);
    this.push(slice);
  }
}

/** Ends the connection of a reader that takes less than RATE_BYTES_MIN for IDLE_TIMEOUT_MS: its reply fills memory. */
function endWithSlowReader(reply: FastifyReply, slices: Slices, config: Config): void {
  const { RATE_BYTES_MIN, IDLE_TIMEOUT_MS } = config;
  // A reader that takes nothing is too slow whatever the rate.
  const pace = new Pace(Math.max(1, RATE_BYTES_MIN), IDLE_TIMEOUT_MS, performance.now());
  slices.onTaken = (bytes) => pace.note(bytes, performance.now());
  const timer = setInterval(() => {
    if (!pace.isTooSlow(performance.now())) return;
    reply.request.record.code = "reader_stalled";
    // A reset frees what the system holds of the reply, too: it would wait for the reader for minutes.
    reply.raw.socket?.resetAndDestroy();
  }, lookEveryMs(IDLE_TIMEOUT_MS));
  reply.raw.once("close", () => clearInterval(timer));
}
