import { isUtf8 } from "node:buffer";
import { Problem } from "../problems.ts";
import { JsonReader } from "./reader.ts";

/** Strict JSON: what the tokenizer of requests refuses (a repeated key, bad UTF-8, too deep) is refused here as well. */
export function readDocument(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new Problem("invalid_utf8", "the body is not valid UTF-8");
  const reader = new JsonReader(bytes);
  if (reader.peek() < 0) throw new Problem("invalid_json", "the body is empty: expected an object at byte 0");
  reader.skip();
  reader.end();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
}
