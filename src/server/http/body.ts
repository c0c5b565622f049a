import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { copyBytes } from "../../engine/copy.ts";
import { Problem } from "../../problems.ts";
import { Blocks } from "../../service/memory/blocks.ts";
import { type Account, smallBodyBytesMax } from "../../service/memory/budget.ts";
import { bodyMemory, free, isShared, plainBytesMax, replyFactor } from "../../service/memory/memory.ts";
import { BodyClock, type BodyLimits } from "./body_clock.ts";
import { brokenBody, contentCoding, createDecompressor } from "./codings.ts";

export type { BodyLimits } from "./body_clock.ts";

/** A body asks the budget for memory in steps of this size. */
const stepBytes = 256 * 1024;

/** The body's length as its header says it; undefined for a chunked one. The parser has refused anything but digits. */
export function announcedLength(message: IncomingMessage): number | undefined {
  if (message.headers["transfer-encoding"] !== undefined) return undefined;
  return Number(message.headers["content-length"] ?? 0);
}

/** Whether a body's announced length is more than that of a small one. */
export function isLarge(message: IncomingMessage): boolean {
  return (announcedLength(message) ?? 0) > smallBodyBytesMax;
}

export function tooLarge(bytes: number | undefined, bytesMax: number): Problem {
  const size = bytes === undefined ? "is larger" : `has ${bytes} bytes: more`;
  return new Problem("body_too_large", `the body ${size} than BODY_BYTES_MAX = ${bytesMax} allows`);
}

/** Throws a Problem (body_too_large) for a body that announces too much, as it is sent or as what it becomes. */
export function checkLength(message: IncomingMessage, bytesMax: number): void {
  const length = announcedLength(message);
  if (length !== undefined && length > bytesMax) throw tooLarge(length, bytesMax);
}

/** Bytes that a body takes of the budget. A large one takes those of its reply at the same time, to wait only once. */
function weightOf(bytes: number): number {
  return isShared(bytes) ? Math.ceil(bytes * (1 + replyFactor)) : bytes;
}

/** Whether a body may have come with its headers: it is small, as it is sent, and its client does not wait to be asked. */
export function mayBeThere({ raw }: FastifyRequest): boolean {
  const { headers } = raw;
  const isPlain = headers["content-encoding"] === undefined && headers.expect === undefined;
  const length = announcedLength(raw);
  return isPlain && length !== undefined && length <= plainBytesMax;
}

/**
 * Such a body, where all of it is there and the account can pay for it; it lies in what was read from the socket. Else
 * undefined, and nothing is read.
 */
export function takeWhole(message: IncomingMessage, account: Account): Uint8Array | undefined {
  const length = announcedLength(message)!;
  if (message.readableLength !== length || !account.grow(length)) return undefined;
  return length === 0 ? new Uint8Array() : (message.read() as Buffer);
}

type Done = (error: Error | undefined, body?: Uint8Array) => void;

/**
 * Reads one body, decompressed, into memory that the account pays for as the bytes arrive; a large one into shared memory,
 * which survives the worker that gets it. While the budget is short its socket is not read, and its clocks stand still.
 * `done` gets the body or a Problem: body_too_large, request_timeout, queue_full, invalid_encoding, or bad_request where
 * the client is gone.
 */
export class BodyReader {
  readonly #message: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #account: Account;
  readonly #done: Done;
  readonly #length: number | undefined;
  readonly #clock: BodyClock;
  readonly #blocks = new Blocks();
  #whole: Uint8Array | undefined;
  #received = 0;
  #ended = false;
  #over = false;
  #source: { pause(): unknown; resume(): unknown };
  #stopSource: () => void = () => undefined;

  constructor(message: IncomingMessage, limits: BodyLimits, account: Account, done: Done) {
    this.#message = message;
    this.#limits = limits;
    this.#account = account;
    this.#done = done;
    this.#length = contentCoding(message.headers) ? undefined : announcedLength(message);
    this.#clock = new BodyClock(message, limits, account, (problem) => this.#finish(problem));
    this.#source = message;
  }

  /** Begins to read. `ask` is called when the first bytes fit: then a client that waits for 100 Continue may send. */
  start(ask: () => void): void {
    // A body of unknown length counts as small until more than that has come.
    const first = Math.min(this.#length ?? plainBytesMax, smallBodyBytesMax);
    this.#reserve(weightOf(first), () => {
      ask();
      this.#listen();
    });
  }

  /** Nobody waits for the body any more. */
  cancel(): void {
    this.#over = true;
    this.#stop();
  }

  #listen(): void {
    const message = this.#message;
    message.on("end", this.#onEnd).once("close", this.#onClose).once("error", this.#onClose);
    this.#clock.start();
    const coding = contentCoding(message.headers);
    if (!coding) {
      message.on("data", this.#onData).resume();
      return;
    }
    const decompressor = createDecompressor(coding);
    let sent = 0;
    const count = (chunk: Buffer) => {
      sent += chunk.length;
      this.#clock.note(chunk.length);
      if (sent > this.#limits.bytesMax) this.#finish(tooLarge(undefined, this.#limits.bytesMax));
    };
    decompressor
      .on("data", (chunk: Buffer) => {
        if (this.#received + chunk.length <= this.#limits.bytesMax) this.#take(chunk);
        else this.#finish(unpacksTooLarge(sent, this.#limits.bytesMax));
      })
      .once("end", () => this.#finish(undefined, this.#blocks.join()))
      .once("error", (error) => this.#finish(brokenBody(coding, error)));
    this.#source = decompressor;
    this.#stopSource = () => {
      message.off("data", count).unpipe(decompressor);
      decompressor.destroy();
    };
    message.on("data", count).pipe(decompressor);
  }

  readonly #onData = (chunk: Buffer) => {
    this.#clock.note(chunk.length);
    if (this.#received + chunk.length > this.#limits.bytesMax) this.#finish(tooLarge(undefined, this.#limits.bytesMax));
    else this.#take(chunk);
  };

  readonly #onEnd = () => {
    this.#ended = true;
    // "close" comes next, and is no failure any more.
    this.#message.off("close", this.#onClose);
    if (this.#source === this.#message) this.#finish(undefined, this.#whole ?? this.#blocks.join());
  };

  readonly #onClose = () => {
    if (!this.#ended) this.#finish(new Problem("bad_request", "the connection ended before the body did"));
  };

  #take(chunk: Buffer): void {
    if (this.#over) return;
    this.#received += chunk.length;
    // All memory of a large body is allocated once stepBytes of it are there: announcing one is cheap, sending is not.
    const isMeant = this.#length !== undefined && (this.#length <= smallBodyBytesMax || this.#received > stepBytes);
    if (isMeant) this.#takeInto(this.#length!, chunk);
    else this.#blocks.add(chunk);
    const missing = weightOf(this.#received) - this.#account.bytes;
    if (missing <= 0) return;
    const ahead = this.#length === undefined ? stepBytes : Math.min(stepBytes, this.#length - this.#received);
    this.#reserve(missing + weightOf(ahead), undefined);
  }

  #takeInto(length: number, chunk: Buffer): void {
    if (!this.#whole) {
      this.#whole = bodyMemory(length);
      this.#blocks.moveTo(this.#whole);
    }
    copyBytes(chunk, this.#whole, this.#received - chunk.length);
    free(chunk);
  }

  /** Has the budget give so many bytes more. What does not fit now pauses the source until it does. */
  #reserve(bytes: number, then: (() => void) | undefined): void {
    if (this.#account.grow(bytes)) {
      then?.();
      return;
    }
    if (!then) this.#source.pause();
    this.#clock.wait(bytes, () => {
      if (then) then();
      else this.#source.resume();
    });
  }

  #finish(error: Error | undefined, body?: Uint8Array): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    if (body) this.#account.shrinkTo(weightOf(body.length));
    this.#done(error, body);
  }

  #stop(): void {
    this.#clock.stop();
    this.#stopSource();
    this.#message.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose);
    if (!this.#message.readableEnded) this.#message.pause();
  }
}

function unpacksTooLarge(sent: number, bytesMax: number): Problem {
  const detail = `the first ${sent} bytes of the body decompress to more than BODY_BYTES_MAX = ${bytesMax} allows`;
  return new Problem("body_too_large", detail);
}
