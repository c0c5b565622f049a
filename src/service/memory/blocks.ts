import { joinInto } from "../../json/pieces.ts";
import { bodyMemory, free } from "./memory.ts";

/** Smaller chunks are copied together: each is an object of its own, which weighs far more than a few bytes. */
const blockBytes = 1 << 14;

/** Collects bytes as they come. Small chunks are put together, because a Buffer weighs far more than a few bytes. */
export class Blocks {
  readonly #whole: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #used = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#used + chunk.length > blockBytes) this.#close();
    if (chunk.length >= blockBytes / 2) {
      this.#close();
      this.#whole.push(chunk);
      return;
    }
    this.#block ??= new Uint8Array(blockBytes);
    this.#block.set(chunk, this.#used);
    this.#used += chunk.length;
  }

  /** All bytes, in memory of their own. */
  join(): Uint8Array {
    const bytes = bodyMemory(this.#bytes);
    this.#copyTo(bytes);
    return bytes;
  }

  /** Moves all bytes to the beginning of `bytes` and frees the chunks: nobody else may hold them. */
  moveTo(bytes: Uint8Array): void {
    this.#copyTo(bytes);
    for (const piece of this.#whole.splice(0)) free(piece);
    this.#bytes = 0;
  }

  #copyTo(bytes: Uint8Array): void {
    this.#close();
    joinInto(bytes, this.#whole);
  }

  #close(): void {
    if (this.#block) this.#whole.push(this.#block.subarray(0, this.#used));
    this.#block = undefined;
    this.#used = 0;
  }
}
