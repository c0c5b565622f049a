// What generators of clients need of the documents. test/clients/generated.sh runs them.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const documents = ["openapi/openapi.json", "openapi/openapi-3.0.json"];
const read = (path: string) => readFileSync(path, "utf8");

type Schema = Readonly<Record<string, unknown>>;

/** Every object in a part of a document, inner ones too. */
function objectsIn(part: unknown): Schema[] {
  if (typeof part !== "object" || part === null) return [];
  const inner = Object.values(part).flatMap(objectsIn);
  return Array.isArray(part) ? inner : [part as Schema, ...inner];
}

test.each(documents)("in %s every number is a double, and an enumeration of words has a type", (path) => {
  const { components } = JSON.parse(read(path)) as { components: { schemas: object } };
  const schemas = objectsIn(components.schemas);
  const numbers = schemas.filter(({ type }) => type === "number");
  expect(numbers.length).toBeGreaterThan(0);
  for (const number of numbers) expect(number).toMatchObject({ format: "double" });
  for (const { enum: words, type } of schemas) if (Array.isArray(words)) expect(type, String(words)).toBe("string");
});

test.each(documents)("%s has no defaults: clients would send them, and a preset could not fill them in", (path) => {
  expect(read(path)).toContain('Default: \\"mean\\".');
  expect(read(path)).not.toContain('"default":');
});

test("in the document for older generators no list is one of several alternatives, and no list is a set", () => {
  const [newer, older] = documents.map((path) => objectsIn(JSON.parse(read(path))));
  const lists = (objects: readonly Schema[]) =>
    objects.filter(({ anyOf }) => Array.isArray(anyOf) && anyOf.some(({ type }) => type === "array"));
  const sets = (objects: readonly Schema[]) => objects.filter(({ uniqueItems }) => uniqueItems === true);
  expect([lists(newer!).length > 0, sets(newer!).length > 0]).toEqual([true, true]);
  expect([lists(older!), sets(older!)]).toEqual([[], []]);
});
