/** Bodies up to this size lie in plain memory: a copy to a worker costs less than shared memory does. */
export const plainBytesMax = 1 << 16;

/**
 * Shared memory of requests that were answered, for those to come: a worker collects its garbage rarely, and until then
 * keeps every body alive that it was ever sent.
 */
const spare: SharedArrayBuffer[] = [];
const spareOfAllBytesMax = 256 * 1024 * 1024;
let spareBytesMax = spareOfAllBytesMax;
/** Kept memory that nobody asked for in this time is left to V8's next collection. */
const spareMs = 10_000;
const letGo = setTimeout(() => spare.splice(0), spareMs).unref();
/** Sizes are multiples of this, so that bodies of about one size use the same memory. */
const grain = 64 * 1024;

/** Has this thread keep no more spare memory than its part, where so many threads have some. */
export function shareSpare(threads: number): void {
  spareBytesMax = spareOfAllBytesMax / threads;
}

/** Whether a body of that size lies in shared memory. */
export function isShared(size: number): boolean {
  return size > plainBytesMax;
}

/** Memory for a body or a reply; shared where it is large. */
export function bodyMemory(size: number): Uint8Array {
  if (!isShared(size)) return new Uint8Array(new ArrayBuffer(size));
  // At most twice the size asked for, because the budget counts the body and not the memory it lies in.
  const index = spare.findIndex(({ byteLength }) => byteLength >= size && byteLength <= 2 * size);
  const [memory] = index < 0 ? [] : spare.splice(index, 1);
  return new Uint8Array(memory ?? new SharedArrayBuffer(Math.ceil(size / grain) * grain), 0, size);
}

/** The same bytes in memory that they fill, small ones: of a view a worker would be sent all that lies around it. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** A reply is rarely more than this times its body: it has as many gradients as logits, with all their digits. */
export const replyFactor = 1.25;

/** Memory for the reply to a large body; undefined for a small one. */
export function replyMemory({ buffer, length }: Uint8Array): Uint8Array | undefined {
  return buffer instanceof SharedArrayBuffer ? bodyMemory(Math.ceil(length * replyFactor)) : undefined;
}

/** Gives back memory that nobody uses any more: no worker, no later try of its request, no socket. */
export function recycle({ buffer }: Uint8Array): void {
  if (!(buffer instanceof SharedArrayBuffer)) return;
  spare.push(buffer);
  letGo.refresh();
  while (spare.reduce((sum, { byteLength }) => sum + byteLength, 0) > spareBytesMax) spare.shift();
}

/**
 * Gives a large piece of plain memory back now: left to be found as garbage it counts against the heap, and tens of
 * megabytes of it a second start one collection after the other. Nobody may read the bytes any more.
 */
export function free({ buffer, length }: Uint8Array): void {
  // A smaller piece may share its ArrayBuffer with others, from Node's pool.
  if (buffer instanceof ArrayBuffer && length > Buffer.poolSize / 2) buffer.transfer(0);
}
