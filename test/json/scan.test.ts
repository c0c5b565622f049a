import fc from "fast-check";
import { expect, test } from "vitest";
import { endOfString, endOfWord, lastBefore, skipSpace } from "#lossd/json/scan.js";

const bytes = (text: string) => new TextEncoder().encode(text);

test("a string ends where JSON says, whatever it holds and whatever follows", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("\\", '"', "a", "ü", "\n") }), fc.string(), (value, rest) => {
      const text = bytes(`[${JSON.stringify(value)}${rest}`);
      const end = bytes(JSON.stringify(value)).length + 1;
      expect(endOfString(text, 1)).toBe(end);
    }),
  );
});

test.each(['"', '"abc', '"abc\\"', '"\\\\\\"'])("a string that nothing closes has no end: %s", (text) => {
  expect(endOfString(bytes(text), 0)).toBe(-1);
});

test.each([
  ["12,", 2],
  ["-1.5e3}", 6],
  ["true }", 4],
  ["null\t,", 4],
  ["7", 1],
])("a word ends at a comma, a brace, white space or the text's end: %s", (text, end) => {
  expect(endOfWord(bytes(text), 0)).toBe(end);
});

test("white space is passed over in both directions, and nothing else is", () => {
  const text = bytes("x \t\r\n y \u000b");
  expect(skipSpace(text, 1)).toBe(6);
  expect(skipSpace(text, 0)).toBe(0);
  expect(skipSpace(text, 7)).toBe(8);
  expect(lastBefore(text, 6)).toBe(0);
  expect(lastBefore(text, 0)).toBe(-1);
  expect(skipSpace(bytes("  "), 0)).toBe(2);
});
