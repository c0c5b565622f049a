import { mapSchemas, type Schema } from "./schemas.ts";

/** What a schema of OpenAPI 3.0 may hold: part of JSON Schema draft 5, and nullable. */
const keywords = new Set([
  ...["title", "description", "default", "type", "format", "enum", "nullable", "deprecated", "readOnly", "writeOnly"],
  ...["example", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ...["minLength", "maxLength", "pattern", "items", "minItems", "maxItems", "uniqueItems"],
  ...["properties", "required", "additionalProperties", "minProperties", "maxProperties"],
  ...["anyOf", "oneOf", "allOf", "not", "discriminator"],
]);

interface Document {
  readonly openapi: string;
  readonly info: { readonly license: { readonly name: string } };
}

/**
 * An OpenAPI 3.1 document as 3.0 says it, for generators that know no 3.1. It means the same; throws where 3.0 has no
 * word for a schema's keyword.
 */
export function toVersion30<Version31 extends Document>(document: Version31): Document {
  const { name } = document.info.license;
  const info = { ...document.info, license: { name, url: `https://spdx.org/licenses/${name}.html` } };
  return mapSchemas({ ...document, openapi: "3.0.3", info }, toSchema30);
}

/** Its inner schemas are converted already. */
function toSchema30(schema: Schema): Schema {
  if ("$ref" in schema) return besideReference(schema);
  const converted = withExclusiveFlags(withExample(withNullable(withEnum(schema))));
  for (const keyword of Object.keys(converted)) {
    if (!keywords.has(keyword)) throw new Error(`OpenAPI 3.0 has no ${keyword}: ${JSON.stringify(schema)}`);
  }
  return converted;
}

/** In 3.0 what stands beside $ref is not read. */
function besideReference({ $ref, ...rest }: Schema): Schema {
  return Object.keys(rest).length === 0 ? { $ref } : { ...rest, allOf: [{ $ref }] };
}

function withEnum(schema: Schema): Schema {
  if (!("const" in schema)) return schema;
  const { const: value, ...rest } = schema;
  return { ...rest, enum: [value] };
}

/** `nullable` only counts beside `type`, so a union is nullable in its first alternative that has one. */
function withNullable(schema: Schema): Schema {
  const { type } = schema;
  if (Array.isArray(type) && type.length === 2 && type.includes("null")) {
    return { ...schema, type: type.find((name) => name !== "null"), nullable: true };
  }
  for (const union of ["anyOf", "oneOf"]) {
    const all = (schema[union] ?? []) as readonly Schema[];
    const alternatives = all.filter((alternative) => alternative["type"] !== "null");
    if (alternatives.length === all.length) continue;
    const typed = alternatives.findIndex((alternative) => "type" in alternative && !("enum" in alternative));
    if (typed < 0) throw new Error(`no alternative can be made nullable: ${JSON.stringify(schema)}`);
    return { ...schema, [union]: alternatives.with(typed, { ...alternatives[typed], nullable: true }) };
  }
  return schema;
}

function withExample(schema: Schema): Schema {
  if (!("examples" in schema)) return schema;
  const { examples, ...rest } = schema;
  return { ...rest, example: (examples as readonly unknown[])[0] };
}

function withExclusiveFlags(schema: Schema): Schema {
  const converted: Record<string, unknown> = { ...schema };
  for (const [bound, flag] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof schema[flag] !== "number") continue;
    if (bound in schema) throw new Error(`one of ${bound} and ${flag} is enough: ${JSON.stringify(schema)}`);
    Object.assign(converted, { [bound]: schema[flag], [flag]: true });
  }
  return converted;
}
