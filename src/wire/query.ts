import type { TSchema } from "typebox";
import { type Fault, Problem } from "../problems.ts";
import { findFieldFaults } from "./json_request.ts";

interface AnySchema {
  readonly type?: string;
  readonly anyOf?: readonly AnySchema[];
  readonly items?: AnySchema;
}

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * The parameters of a query, percent-encoded and without the question mark, as their schemas type them. Throws a Problem
 * (invalid_request) that names each one that is unknown, repeated, of a wrong type or out of its bound.
 */
export function readQuery(query: string, schemas: Record<string, TSchema>): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  const faults: Fault[] = [];
  // A plus sign is itself (RFC 3986), and not a form's space: 1e+300 is how many languages print a number.
  for (const [name, value] of new URLSearchParams(query.replaceAll("+", "%2B"))) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema && fields.has(name)) faults.push({ pointer: `/${name}`, detail: "is given twice" });
    fields.set(name, schema ? typed(value, schema as AnySchema) : value);
  }
  faults.push(...findFieldFaults(fields, schemas, []));
  if (faults.length > 0) throw Problem.of(faults);
  return fields;
}

/** The value that a text stands for: what the schema has no place for stays a text, and the schema refuses it. */
function typed(text: string, schema: AnySchema): unknown {
  const choices = schema.anyOf ?? [schema];
  const list = choices.find(({ type }) => type === "array");
  if (list && (choices.length === 1 || text.includes(","))) {
    return text.split(",").map((item) => typed(item, list.items ?? {}));
  }
  const takes = (...types: string[]) => choices.some(({ type }) => type !== undefined && types.includes(type));
  if (takes("number", "integer") && numeric.test(text)) return Number(text);
  if (takes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}
