import { isEncoded } from "../losses/hints/values.ts";
import { Problem } from "../problems.ts";
import type { JsonReader } from "./reader.ts";
import { quote } from "./scan.ts";

/** What is wrong with a body that is no object; "" if that can't be told. */
export function objectHint(value: unknown): string {
  if (typeof value !== "string" || !isEncoded(value)) return "";
  return ", but is a string that holds JSON: it was encoded twice, so send the object itself (requests: json=data, not json=json.dumps(data))";
}

/** The refusal of a body that is no object. Throws a Problem of its own for one that is no JSON. */
export function noObject(reader: JsonReader): Problem {
  // Other values may be large, and are not kept.
  const value = reader.peek() === quote ? reader.value() : reader.skip();
  reader.end();
  return Problem.of([{ pointer: "", detail: `the body must be an object${objectHint(value)}` }]);
}
