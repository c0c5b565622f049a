import { expect, test } from "vitest";
import { joinPieces, lengthOf } from "#lossd/json/pieces.js";

test.each([
  ["no piece", []],
  ["one piece", ["alone"]],
  ["several pieces, one of them empty", ["first,", "", "second,", "third"]],
])("a reply of %s is all of its bytes, in their order", (_what, texts) => {
  const pieces = texts.map((text) => new TextEncoder().encode(text));
  expect(Buffer.from(joinPieces(pieces)).toString()).toBe(texts.join(""));
  expect(lengthOf(pieces)).toBe(texts.join("").length);
});
