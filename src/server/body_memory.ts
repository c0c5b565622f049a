/** Bodies up to this size lie in plain memory: a copy to a worker costs less than shared memory does. */
const plainBytesMax = 1 << 16;

/**
 * Shared memory of requests that were answered, for those to come: a worker collects its garbage rarely, and until then
 * keeps every body alive that it was ever sent.
 */
const spare: SharedArrayBuffer[] = [];
const spareBytesMax = 128 * 1024 * 1024;
/** Sizes are multiples of this, so that bodies of about one size use the same memory. */
const grain = 64 * 1024;

/** Memory for a body that begins so many bytes into it; shared where it is large. */
export function bodyMemory(bytes: number, before = 0): Uint8Array {
  const size = before + bytes;
  if (size <= plainBytesMax) return new Uint8Array(new ArrayBuffer(size), before);
  // Not much more than is asked for: what a body holds is what it counts for.
  const place = spare.findIndex(({ byteLength }) => byteLength >= size && byteLength <= 2 * size);
  const [memory] = place < 0 ? [] : spare.splice(place, 1);
  return new Uint8Array(memory ?? new SharedArrayBuffer(Math.ceil(size / grain) * grain), before, bytes);
}

/** Gives back a body that nobody reads any more: no worker, and no later try of its request. */
export function recycleBody({ buffer }: Uint8Array): void {
  if (!(buffer instanceof SharedArrayBuffer)) return;
  spare.push(buffer);
  while (spare.reduce((sum, { byteLength }) => sum + byteLength, 0) > spareBytesMax) spare.shift();
}

/**
 * Gives a large piece of plain memory back now: left to be found as garbage it counts against the heap, and tens of
 * megabytes of it a second start one collection after the other. Nobody may read the bytes any more.
 */
export function free({ buffer, length }: Uint8Array): void {
  // A smaller one may lie in Node's pool, beside others.
  if (buffer instanceof ArrayBuffer && length > Buffer.poolSize / 2) buffer.transfer(0);
}

/** What Node reads from a socket at once; a multiple of 8. */
const stagedBytes = 1 << 16;

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
