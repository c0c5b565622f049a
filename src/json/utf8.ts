import { isUtf8 } from "node:buffer";
import { Problem } from "../problems.ts";

/** Throws a Problem (invalid_utf8) for a text that is none. */
export function checkText(text: Uint8Array, from: number): void {
  if (!isUtf8(text)) throw new Problem("invalid_utf8", `the string at byte ${from} is not valid UTF-8`);
}

/**
 * Reads bytes by a JsonReader. Those that are no UTF-8 are refused before all else that is wrong with them, by a Problem
 * (invalid_utf8) with this detail: they are looked at as a whole only when something is wrong, because most of a body is
 * numbers.
 */
export function readingUtf8<Read>(bytes: Uint8Array, detail: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (isUtf8(bytes)) throw error;
    throw new Problem("invalid_utf8", detail);
  }
}
