import { copyBytes } from "../engine/copy.ts";

// Bytes in pieces that belong one behind the other: a reply, a chunked body, the text of a part.

export function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((bytes, piece) => bytes + piece.length, 0);
}

/** Copies the pieces one behind the other to the beginning of `bytes`. Throws a RangeError if they do not fit. */
export function joinInto<Bytes extends Uint8Array>(bytes: Bytes, pieces: readonly Uint8Array[]): Bytes {
  let at = 0;
  for (const piece of pieces) {
    copyBytes(piece, bytes, at);
    at += piece.length;
  }
  return bytes;
}

/** The pieces as one, in memory of its own, which can be transferred to another thread. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  return joinInto(new Uint8Array(lengthOf(pieces)), pieces);
}
