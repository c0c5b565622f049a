/** A reply as one text: for whoever needs it in one piece. The service writes the pieces as they are. */
export function joined(segments: readonly Uint8Array[]): Uint8Array {
  return segments.length === 1 ? segments[0]! : Buffer.concat(segments);
}

export function lengthOf(segments: readonly Uint8Array[]): number {
  return segments.reduce((bytes, segment) => bytes + segment.length, 0);
}
