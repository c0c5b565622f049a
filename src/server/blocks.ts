/** Smaller chunks are copied together: each is an object of its own, which weighs far more than a few bytes. */
const blockBytes = 1 << 14;

/** What Node reads from a socket at once; a multiple of 8. */
const stagedBytes = 1 << 16;

/** Bodies up to this size lie in plain memory: a copy to a worker costs less than shared memory does. */
const plainBytesMax = 1 << 16;

/** Memory for a body that begins so many bytes into it; shared where it is large. */
export function bodyMemory(bytes: number, before = 0): Uint8Array {
  const size = before + bytes;
  return new Uint8Array(bytes <= plainBytesMax ? new ArrayBuffer(size) : new SharedArrayBuffer(size), before);
}

/** A chunk on its way, at the place that its target has among eight. */
let staged = new Uint8Array(0);

/**
 * Copies bytes into a body. Into shared memory V8 copies words where source and target lie alike, and single bytes, at a
 * fifth of the speed, where they do not: a chunk of the other kind goes over plain memory, which is copied fast anyway.
 */
export function place(bytes: Uint8Array, body: Uint8Array, offset: number): void {
  const shift = (body.byteOffset + offset) % 8;
  if (bytes.byteOffset % 8 === shift || body.buffer instanceof ArrayBuffer) {
    body.set(bytes, offset);
    return;
  }
  if (staged.length < stagedBytes) staged = new Uint8Array(stagedBytes + 8);
  for (let at = 0; at < bytes.length; at += stagedBytes) {
    const piece = bytes.subarray(at, at + stagedBytes);
    staged.set(piece, shift);
    body.set(staged.subarray(shift, shift + piece.length), offset + at);
  }
}

/** Bytes as they come, in pieces whose own weight is small beside what they hold, however small the chunks were. */
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

  /** All bytes, in memory that begins so many bytes before them. */
  join(before = 0): Uint8Array {
    this.#close();
    const bytes = bodyMemory(this.#bytes, before);
    let at = 0;
    for (const piece of this.#whole) {
      place(piece, bytes, at);
      at += piece.length;
    }
    return bytes;
  }

  #close(): void {
    if (this.#block) this.#whole.push(this.#block.subarray(0, this.#used));
    this.#block = undefined;
    this.#used = 0;
  }
}
