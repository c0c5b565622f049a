import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { depthMax, JsonReader } from "#lossd/json/reader.js";
import { Problem } from "#lossd/problems.js";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A Map or array back as what JSON.parse makes of it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => [key, plain(member)]);
    return Object.fromEntries(members);
  }
  return value;
}

function read(text: string): unknown {
  const reader = new JsonReader(bytes(text));
  const value = reader.value();
  reader.end();
  return plain(value);
}

function problemOf(text: string): Problem {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

/** What JSON.parse says, less what we refuse on purpose: repeated keys and numbers beyond the doubles. */
function reference(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

describe("the JSON reader", () => {
  test("reads every JSON text as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom("", " ", "\n\t"), (text, space) => {
        fc.pre(!text.includes("__proto__"));
        expect(read(space + text + space)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  test("accepts and refuses mutated texts as JSON.parse does", () => {
    const characters = fc.constantFrom(...'[]{},:"0123456789.eE+-tfn\\ul \n\u0007x');
    const edit = fc.tuple(fc.nat(), characters, fc.constantFrom("insert", "replace", "delete"));
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const mutated = edits.reduce((current, [place, character, kind]) => {
          const at = place % (current.length + 1);
          return (
            current.slice(0, at) + (kind === "delete" ? "" : character) + current.slice(kind === "insert" ? at : at + 1)
          );
        }, text);
        fc.pre(!mutated.includes("__proto__") && !/\d{3}[eE]|[eE]\+?\d{3}/.test(mutated));
        const wanted = reference(mutated);
        let got: { value: unknown } | undefined;
        try {
          got = { value: read(mutated) };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.code === "duplicate_key") return;
        }
        expect(got).toEqual(wanted);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    { text: "", code: "invalid_json", says: "byte 0" },
    { text: "[1,2", code: "invalid_json", says: 'expected "," or "]" at byte 4, but found the end' },
    { text: "[01]", code: "invalid_json", says: "at byte 2" },
    { text: "[.5]", code: "invalid_json", says: "at byte 1" },
    { text: "[1.]", code: "invalid_json", says: "expected a digit at byte 3" },
    { text: "[+1]", code: "invalid_json", says: "at byte 1" },
    { text: "[1e]", code: "invalid_json", says: "at byte 3" },
    { text: "[1e999]", code: "invalid_json", says: "1e999 at byte 1" },
    {
      text: "[NaN]",
      code: "invalid_json",
      says: 'at byte 1, but found "N": JSON has no NaN, which a tensor has in quotes',
    },
    { text: "[-Infinity]", code: "invalid_json", says: 'a digit at byte 2, but found "I": JSON has no Infinity' },
    { text: "[1,]", code: "invalid_json", says: "at byte 3" },
    { text: "[1] 2", code: "invalid_json", says: "expected the end of the body at byte 4" },
    { text: "{1:2}", code: "invalid_json", says: "expected a key at byte 1" },
    { text: '{"a" 2}', code: "invalid_json", says: 'expected ":" at byte 5' },
    { text: '"a\nb"', code: "invalid_json", says: "at byte 2" },
    { text: '"\\x"', code: "invalid_json", says: "bad escape" },
    { text: '"abc', code: "invalid_json", says: "at byte 4" },
    { text: '{"a":1,"\\u0061":2}', code: "duplicate_key", says: '"a" at byte 7' },
    { text: "[".repeat(depthMax + 1), code: "too_deep", says: `deeper than ${depthMax}` },
    { text: "[".repeat(1e6), code: "too_deep", says: `deeper than ${depthMax}` },
  ])("refuses $code: $says", ({ text, code, says }) => {
    const problem = problemOf(text);
    expect(problem.code).toBe(code);
    expect(problem.detail).toContain(says);
  });

  test("reads nesting up to its limit", () => {
    const text = "[".repeat(depthMax) + "]".repeat(depthMax);
    expect(JSON.stringify(read(text))).toBe(text);
  });

  test("reads -0, subnormals and long digits to the bit", () => {
    const texts = [
      "-0",
      "5e-324",
      "2.2250738585072011e-308",
      "0.1000000000000000055511151231257827",
      "123456789012345678901234567890",
    ];
    for (const text of texts) expect(Object.is(read(text), Number(text))).toBe(true);
  });

  test("tolerates one byte order mark", () => {
    expect(read("\uFEFF[1]")).toEqual([1]);
    expect(problemOf("\uFEFF\uFEFF[1]").code).toBe("invalid_json");
  });

  test("keeps __proto__ a key like any other", () => {
    const reader = new JsonReader(bytes('{"__proto__":{"polluted":1}}'));
    expect([...(reader.value() as Map<string, unknown>).keys()]).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
