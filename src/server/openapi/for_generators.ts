import { mapSchemas, type Schema } from "./schemas.ts";

/**
 * A document as every generator of clients can read it. Java's clients do not compile where a list is one of several
 * alternatives, because a list has no class of its own there, nor with a set of words: such a field takes any value, and
 * its description says which; a set is a list. They send a list that was not given as an empty one, unless it may be null:
 * then they leave it out. The service refuses the rest either way.
 */
export function forGenerators<Document extends Paths>(document: Document): Document {
  const paths = mapValues(document.paths, (path) => mapValues(path, withoutTakenNames));
  return mapSchemas({ ...document, paths }, (schema) => withAbsentLists(asList(asAnyValue(schema))));
}

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
}

interface Paths {
  readonly paths: Record<string, Record<string, Operation>>;
}

/** Java's client for java.net.http has a variable `p` of its own where it takes a query apart. */
function withoutTakenNames(operation: Operation): Operation {
  const { parameters } = operation;
  return parameters ? { ...operation, parameters: parameters.filter(({ name }) => name !== "p") } : operation;
}

function mapValues<Value>(object: Record<string, Value>, change: (value: Value) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function asAnyValue(schema: Schema): Schema {
  const { anyOf, ...rest } = schema;
  const hasList = (anyOf as readonly Schema[] | undefined)?.some(({ type }) => type === "array");
  return hasList ? rest : schema;
}

function asList({ uniqueItems: _, ...schema }: Schema): Schema {
  return schema;
}

function withAbsentLists(schema: Schema): Schema {
  const { properties, required = [] } = schema as { properties?: Record<string, Schema>; required?: readonly string[] };
  if (!properties) return schema;
  const absent = ([name, field]: [string, Schema]) =>
    field["type"] === "array" && !required.includes(name)
      ? [name, { ...field, type: ["array", "null"] }]
      : [name, field];
  return { ...schema, properties: Object.fromEntries(Object.entries(properties).map(absent)) };
}
