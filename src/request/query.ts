import type { TSchema } from "typebox";
import { type Fault, Problem } from "../problems.ts";
import { findFieldFaults } from "./fields.ts";
import { type OptionSchema, typed } from "./option_text.ts";

/** What stands behind the question mark of a request's target; "" where there is none. */
export function queryOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? "" : target.slice(at + 1);
}

/** Names and values of a query, percent-encoded and without the question mark. */
export function parametersOf(query: string): [name: string, value: string][] {
  // A plus sign is itself (RFC 3986), and not a form's space: 1e+300 is how many languages print a number.
  return [...new URLSearchParams(query.replaceAll("+", "%2B"))];
}

/**
 * The parameters of a query as their schemas type them. Throws a Problem (invalid_request) that names each one that is
 * unknown, repeated, of a wrong type or out of its bound.
 */
export function readQuery(query: string, schemas: Record<string, TSchema>): Map<string, unknown> {
  return readParameters(parametersOf(query), schemas);
}

/** The same for parameters that are apart already. */
export function readParameters(
  parameters: readonly (readonly [name: string, value: string])[],
  schemas: Record<string, TSchema>,
): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  const faults: Fault[] = [];
  for (const [name, value] of parameters) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema && fields.has(name)) faults.push({ pointer: `/${name}`, detail: "is given twice" });
    fields.set(name, schema ? typed(value, schema as OptionSchema) : value);
  }
  faults.push(...findFieldFaults(fields, schemas, []));
  if (faults.length > 0) throw Problem.of(faults);
  return fields;
}
