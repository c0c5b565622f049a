/** A JSON Schema, as a part of an OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;
export type Change = (schema: Schema) => Schema;

/** A copy of an OpenAPI document with every schema in it changed, inner ones first. Examples and defaults stay. */
export function mapSchemas<Document>(document: Document, change: Change): Document {
  return inDocument(document, change) as Document;
}

function inDocument(node: unknown, change: Change): unknown {
  if (Array.isArray(node)) return node.map((item) => inDocument(item, change));
  if (!isObject(node)) return node;
  return mapEntries(node, (key, value) => {
    if (key === "schema") return inSchema(value, change);
    if (key === "schemas") return inMap(value, change);
    return key === "example" || key === "examples" ? value : inDocument(value, change);
  });
}

function inSchema(schema: unknown, change: Change): unknown {
  // true and false are schemas too.
  if (!isObject(schema)) return schema;
  return change(
    mapEntries(schema, (key, value) => {
      if (key === "properties") return inMap(value, change);
      if (key === "items" || key === "additionalProperties" || key === "not") return inSchema(value, change);
      if (!(key === "anyOf" || key === "oneOf" || key === "allOf")) return value;
      return (value as unknown[]).map((item) => inSchema(item, change));
    }),
  );
}

function inMap(schemas: unknown, change: Change): unknown {
  return mapEntries(schemas as Schema, (_name, schema) => inSchema(schema, change));
}

function mapEntries(object: Schema, change: (key: string, value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value)]));
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Says what a validator can do without and a generator of clients can't: that an enumeration of words holds strings,
 * and that a number is a double, for which many would take a float.
 */
export function withTypes(schema: Schema): Schema {
  const { type, format, enum: values } = schema;
  if (type === undefined && Array.isArray(values) && values.every((value) => typeof value === "string")) {
    return { type: "string", ...schema };
  }
  return type === "number" && format === undefined ? { ...schema, format: "double" } : schema;
}

/**
 * Says a default in words. As a keyword many generated clients send it with every request, where it would count as given:
 * a preset would not fill it in, and a mean over weights would not ask what it is over.
 */
export function withoutDefault(schema: Schema): Schema {
  if (!("default" in schema)) return schema;
  const { default: value, description, ...rules } = schema;
  return { ...rules, description: withDefault(description as string | undefined, value) };
}

export function withDefault(description: string | undefined, value: unknown): string {
  return `${description ?? ""} Default: ${JSON.stringify(value)}.`.trim();
}
