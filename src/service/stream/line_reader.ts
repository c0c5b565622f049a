import { isSpace, newline } from "../../json/scan.ts";
import { Blocks } from "../memory/blocks.ts";

/** Lines that one worker answers in one go. */
export interface Bundle {
  /** The number of the first one; the first of a stream has 1, and blank ones count. */
  readonly first: number;
  /** In shared memory. */
  readonly text: Uint8Array;
}

/** The number of a line that is longer than the limit. */
export interface TooLong {
  readonly tooLong: number;
}

/** Small lines are answered together, up to these bounds: handing over a job costs more than such a line. */
export const bundleMax = { bytes: 1 << 16, lines: 256 };

/** Cuts bytes, as they come, into bundles of whole lines. Bytes are copied once, into shared memory. */
export class LineReader {
  readonly #lineBytesMax: number;
  #whole: Buffer = Buffer.alloc(0);
  #at = 0;
  #partial = new Blocks();
  #skippedBytes: number | undefined;
  #line = 1;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** Bytes of a line whose end has not come. */
  get partialBytes(): number {
    return this.#partial.bytes;
  }

  /** Bytes already dropped of a line that is too long and has not ended. */
  get skippedBytes(): number {
    return this.#skippedBytes ?? 0;
  }

  /** Takes more bytes, once `take` has nothing left. */
  push(chunk: Buffer): void {
    const start = this.#skippedBytes === undefined ? 0 : chunk.indexOf(newline) + 1;
    if (this.#skippedBytes !== undefined && start === 0) {
      this.#skippedBytes += chunk.length;
      return;
    }
    this.#skippedBytes = undefined;
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > start) this.#complete(chunk.subarray(start, end));
    const rest = chunk.subarray(Math.max(start, end));
    this.#partial.add(rest);
  }

  /** There are no more bytes: the last line needs no end. */
  finish(): void {
    this.#complete(Buffer.alloc(0));
  }

  /** Drops the line that has not ended, with all its bytes still to come. Returns its number. */
  skipPartial(): number {
    this.#skippedBytes = this.#partial.bytes;
    this.#partial = new Blocks();
    return this.#line++;
  }

  /** The next whole lines, at most so many; undefined if there are none. */
  take(linesMax = bundleMax.lines): Bundle | TooLong | undefined {
    this.#passBlankLines();
    if (this.#at >= this.#whole.length) return undefined;
    const [start, first] = [this.#at, this.#line];
    while (this.#at < this.#whole.length) {
      const line = this.#nextLine();
      const isFirst = this.#line === first;
      if (line.length > this.#lineBytesMax) {
        if (!isFirst) break;
        this.#advance(line);
        return { tooLong: first };
      }
      const bytes = this.#at + line.length - start;
      if (!isFirst && (bytes > bundleMax.bytes || this.#line - first === linesMax)) break;
      this.#advance(line);
    }
    return { first, text: this.#whole.subarray(start, Math.min(this.#at, this.#whole.length)) };
  }

  /** Byte by byte: a stream may have millions of them. */
  #passBlankLines(): void {
    const { length } = this.#whole;
    for (let at = this.#at; at < length; at++) {
      const byte = this.#whole[at];
      if (byte === newline) {
        this.#at = at + 1;
        this.#line++;
      } else if (!isSpace(byte)) return;
    }
    this.#at = length;
  }

  #nextLine(): Buffer {
    const end = this.#whole.indexOf(newline, this.#at);
    return this.#whole.subarray(this.#at, end < 0 ? this.#whole.length : end);
  }

  #advance(line: Buffer): void {
    this.#at += line.length + 1;
    this.#line++;
  }

  #complete(end: Buffer): void {
    this.#partial.add(end);
    const { buffer, byteOffset, length } = this.#partial.join();
    this.#whole = Buffer.from(buffer, byteOffset, length);
    this.#at = 0;
    this.#partial = new Blocks();
  }
}
