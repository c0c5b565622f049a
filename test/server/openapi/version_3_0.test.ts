import { expect, test } from "vitest";
import { toVersion30 } from "#lossd/server/openapi/version_3_0.js";

/** A document around one schema. */
const around = (schema: object) => ({
  openapi: "3.1.0",
  info: { title: "lossd", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
  paths: { "/": { get: { parameters: [{ name: "schema", schema }] } } },
  components: { schemas: { Schema: schema } },
});

const real = { type: "number" };
const word = { type: "string", enum: ["Infinity"] };

test.each<[string, object, object]>([
  ["a constant is an enumeration of one", { const: 1 }, { enum: [1] }],
  ["a bound that is excluded", { exclusiveMinimum: 0 }, { minimum: 0, exclusiveMinimum: true }],
  [
    "both bounds excluded",
    { exclusiveMinimum: 0, exclusiveMaximum: 1 },
    { minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true },
  ],
  ["a bound that is included stays", { minimum: 0 }, { minimum: 0 }],
  ["the first of the examples", { examples: [1, 2] }, { example: 1 }],
  ["null among the types", { type: ["number", "null"] }, { type: "number", nullable: true }],
  [
    "null among the alternatives",
    { anyOf: [word, real, { type: "null" }] },
    { anyOf: [word, { ...real, nullable: true }] },
  ],
  ["words beside a reference", { $ref: "#/x", description: "x" }, { description: "x", allOf: [{ $ref: "#/x" }] }],
  ["a bare reference stays", { $ref: "#/x" }, { $ref: "#/x" }],
  ["properties", { properties: { const: { const: 1 } } }, { properties: { const: { enum: [1] } } }],
  ["items", { items: { const: 1 } }, { items: { enum: [1] } }],
  ["other properties", { additionalProperties: { const: 1 } }, { additionalProperties: { enum: [1] } }],
  ["no other properties", { additionalProperties: false }, { additionalProperties: false }],
  ["a default is no schema", { default: { const: 1 } }, { default: { const: 1 } }],
])("3.0 says it too: %s", (_name, schema31, schema30) => {
  const { components, paths } = toVersion30(around(schema31)) as ReturnType<typeof around>;
  expect(components.schemas.Schema).toEqual(schema30);
  expect(paths["/"].get.parameters[0]!.schema).toEqual(schema30);
});

test.each<[string, object]>([
  ["patternProperties", { patternProperties: {} }],
  ["prefixItems", { items: { prefixItems: [] } }],
  ["minimum and exclusiveMinimum", { minimum: 1, exclusiveMinimum: 0 }],
  ["no alternative can be made nullable", { anyOf: [word, { type: "null" }] }],
])("what 3.0 can't say is refused by name: %s", (name, schema) => {
  expect(() => toVersion30(around(schema))).toThrow(name);
});

test("the document says its version, and its licence by address", () => {
  const { openapi, info } = toVersion30(around({}));
  expect(openapi).toBe("3.0.3");
  expect(info.license).toEqual({ name: "Apache-2.0", url: "https://spdx.org/licenses/Apache-2.0.html" });
});
