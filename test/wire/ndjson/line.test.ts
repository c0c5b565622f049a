// What a stream's line has beside a request: an id that goes into its reply, and options that came from elsewhere.
import fc from "fast-check";
import { expect, test } from "vitest";
import { takeApart } from "#lossd/wire/ndjson/line.js";

function read(line: string, options: Record<string, string> = {}) {
  const { body, ...rest } = takeApart(Buffer.from(line), options);
  return { ...rest, body: Buffer.from(body).toString() };
}

const sum = { reduction: '"sum"' };

test.each([
  ["an id in front", '{"id":"a","x":1}', '"id":"a",', '"a"'],
  ["an id in the middle", '{"x":1, "id" : -7 ,"y":2}', '"id" : -7 ,', "-7"],
  ["an id at the end", '{"x":[{"id":3}],"id":"\\"}"}', ',"id":"\\"}"', '"\\"}"'],
  ["an id that is all there is", '{ "id":1}', '"id":1', "1"],
  ["an id with escapes, in key and value", '{"\\u0069d":"\\u00e9","x":1}', '"\\u0069d":"\\u00e9",', '"é"'],
  ["an id inside of a tensor only", '{"x":{"id":3}}', "", undefined],
  ["the word id as a value", '{"x":["id","id"]}', "", undefined],
])("%s is taken out, and every other byte keeps its place", (_what, line, cut, id) => {
  const body = line.replace(cut, " ".repeat(cut.length));
  expect(read(line)).toEqual({ ...(id !== undefined && { id }), body });
});

test.each([
  ["a line without it", '{"x":1}', '{"x":1,"reduction":"sum"}'],
  ["an empty object", "{ }", '{ "reduction":"sum"}'],
  ["an object inside", '{"x":{"reduction":"mean"}}', '{"x":{"reduction":"mean"},"reduction":"sum"}'],
  ["a line with it", '{"reduction":"mean"}', '{"reduction":"mean"}'],
  ["a line with it, escaped", '{"\\u0072eduction":"mean"}', '{"\\u0072eduction":"mean"}'],
  ["keys with quotes and backslashes", '{"\\"":1,"\\\\":2}', '{"\\"":1,"\\\\":2,"reduction":"sum"}'],
  ["an id alone", '{"id":1}', '{      "reduction":"sum"}'],
])("an option goes into %s only where it lacks it", (_what, line, body) => {
  expect(read(line, sum).body).toBe(body);
});

test.each(["", "x", "[1]", "{", '{"x', '{"x":1}}', '{"x":{"y":1}', '{"x":"\\"}', '{"id":1 "x":2'])(
  "%j, which is no JSON object, stays as it is",
  (line) => {
    expect(read(line, sum)).toEqual({ body: line });
  },
);

test.each(['{"id":1"x":2}', '{"x":1 "id":2}', '{"id":tru,"x":1}', '{"id":01,"x":1}', '{"x":1,,"id":2}', '{"id":1,}'])(
  "%s does not become JSON by losing its id",
  (line) => {
    expect(() => JSON.parse(read(line).body)).toThrow(SyntaxError);
  },
);

test.each([
  ["a fraction", "1.5"],
  ["a number beyond 2⁵³", "9007199254740992"],
  ["true", "true"],
  ["null", "null"],
  ["a text of 257 characters", JSON.stringify("a".repeat(257))],
  ["an array", '[1,"}"]'],
  ["an object", '{"a":1}'],
])("%s is no id", (_what, id) => {
  expect(read(`{"id":${id},"x":1}`).id).toBeUndefined();
  expect(takeApart(Buffer.from(`{"id":${id},"x":1}`), {}).fault).toMatchObject({
    code: "invalid_request",
    errors: [{ pointer: "/id", detail: expect.stringContaining("at most 256 characters or a whole number") }],
  });
});

test("two ids are a repeated key, with its place", () => {
  expect(() => read('{"id":1,"id":2}')).toThrow('duplicate_key: the key "id" at byte 8 is there twice');
});

test("bytes that are no UTF-8 are not hidden in an id", () => {
  const line = Buffer.concat([Buffer.from('{"id":"'), Buffer.of(0xff), Buffer.from('"}')]);
  expect(() => takeApart(line, {})).toThrow("invalid_utf8");
});

// Without quotes and backslashes: JSON.parse of V8 13.6 reads the key "\"" as "\\" once it has seen that one.
const plain = fc.string().filter((text) => !/["\\]/.test(text));
const key = fc.oneof(plain, fc.constantFrom("id", "reduction", "logits", "{"));

test("of any object the id is taken and the lacking options are added, and nothing else changes", () => {
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), fc.integer(), fc.constantFrom(0, 1, 3), (value, id, indent) => {
      const request = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
      const line = JSON.stringify({ ...request, id }, undefined, indent);
      const found = read(line, { reduction: '"sum"', gamma: "2" });
      const { id: _, ...rest } = request;
      expect(found.id).toBe(String(id));
      expect(JSON.parse(found.body)).toEqual({ reduction: "sum", gamma: 2, ...rest });
    }),
    { numRuns: 2000 },
  );
});
