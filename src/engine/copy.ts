/** So few bytes are copied before a Buffer over them is made. */
const shortBytes = 64;

/**
 * Copies bytes to the place `at` of others, which they do not overlap, by one memmove, whatever memory they lie in. An
 * array's own `set` copies shared memory word by word, and byte by byte where source and target do not lie alike. Throws a
 * RangeError if they do not fit.
 */
export function copyBytes(from: Uint8Array, to: Uint8Array, at = 0): void {
  // Node's copy would leave out what does not fit.
  if (at + from.length > to.length) throw new RangeError(`${from.length} bytes for place ${at} of ${to.length}`);
  if (from.length < shortBytes) {
    to.set(from, at);
    return;
  }
  to[at] = from[0]!;
  // All but one byte: what is copied whole, Node leaves to `set`.
  Buffer.from(from.buffer, from.byteOffset, from.length).copy(to, at + 1, 1);
}
