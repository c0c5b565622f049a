import { isUtf8 } from "node:buffer";
import { Problem } from "../problems.ts";
import { JsonReader } from "./reader.ts";

/**
 * Strict JSON: what the tokenizer of requests refuses (a repeated key, bad UTF-8, too deep) is refused here as well. Throws a
 * Problem, too_many_elements among them: of values of every kind, and keys, it takes at most `valuesMax`.
 */
export function readDocument(bytes: Uint8Array, valuesMax = Number.POSITIVE_INFINITY): unknown {
  if (!isUtf8(bytes)) throw new Problem("invalid_utf8", "the body is not valid UTF-8");
  const reader = new JsonReader(bytes, valuesMax);
  if (reader.peek() < 0) throw new Problem("invalid_json", "the body is empty: expected an object at byte 0");
  try {
    reader.skip();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "too_many_elements") throw error;
    const detail = `the body holds more than GRADING_ELEMENTS_MAX = ${valuesMax} values: numbers, arrays, objects, keys and texts all count`;
    throw new Problem("too_many_elements", detail);
  }
  reader.end();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
}
