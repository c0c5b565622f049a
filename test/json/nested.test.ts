// Nested arrays as the engine reads them, beside JSON.parse.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Engine } from "#lossd/engine/engine.js";
import { BodyText, NestedReader } from "#lossd/json/nested.js";
import { JsonReader } from "#lossd/json/reader.js";
import type { Problem } from "#lossd/problems.js";

const engine = Engine.load();

interface Found {
  readonly shape?: readonly number[];
  readonly data?: readonly number[];
  readonly pointer?: string;
  readonly detail?: string;
  /** The code of what was thrown. */
  readonly code?: string;
}

function read(text: string, booleans = false, elementsMax = 1e6): Found {
  engine.reset();
  const body = new TextEncoder().encode(text);
  const reader = new JsonReader(body);
  try {
    const found = new NestedReader(reader, new BodyText(engine, body, elementsMax)).read(booleans);
    reader.end();
    return "pointer" in found ? found : { shape: found.shape, data: [...found.data] };
  } catch (error) {
    const { name, code, detail } = error as Problem;
    if (name !== "Problem") throw error;
    return { code, detail };
  }
}

const words = new Map<unknown, number>([
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["NaN", NaN],
]);

/** What a parsed value is as a tensor; undefined if it is none. */
function tensorOf(value: unknown, booleans: boolean): Found | undefined {
  const number = booleans ? undefined : words.get(value);
  if (number !== undefined) return { shape: [], data: [number] };
  if (typeof value === (booleans ? "boolean" : "number")) return { shape: [], data: [Number(value)] };
  if (!Array.isArray(value)) return undefined;
  const rows = value.map((row) => tensorOf(row, booleans));
  const shape = rows[0]?.shape ?? [];
  if (rows.some((row) => JSON.stringify(row?.shape) !== JSON.stringify(shape) && rows.length > 0)) return undefined;
  return { shape: [value.length, ...shape], data: rows.flatMap((row) => row!.data!) };
}

/** Checks a text: it is read as JSON.parse reads it, or refused where JSON.parse refuses it or it is no tensor. */
function check(text: string, booleans: boolean): void {
  const found = read(text, booleans);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    expect(found.code, text).toMatch(/invalid_json|duplicate_key|too_deep/);
    return;
  }
  // A repeated key and a number beyond the doubles are no JSON here.
  if (found.code === "duplicate_key" || found.detail?.includes("beyond the largest double")) return;
  const wanted = tensorOf(value, booleans);
  if (wanted) expect(found, text).toEqual(wanted);
  else expect(found.pointer, text).toBeDefined();
}

const space = fc.constantFrom("", "", "", " ", "\n", "\r\n\t ", " ".repeat(15), " ".repeat(16), " ".repeat(33));
const digits = (least: number, most: number) => fc.stringMatching(new RegExp(`^[0-9]{${least},${most}}$`));
const number = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,22}$/)),
    fc.option(digits(1, 26), { nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom("e", "E", "e+", "e-"), digits(1, 2)), { nil: undefined }),
  )
  .map(([sign, whole, part, power]) => sign + whole + (part ? `.${part}` : "") + (power ? power.join("") : ""));
const word = fc.constantFrom('"Infinity"', '"-Infinity"', '"NaN"', '"\\u0049nfinity"', '"Inf"', '"é𝄞"', "true", "null");
const numeric = fc.oneof({ weight: 20, arbitrary: number }, { weight: 1, arbitrary: word });
const boolean = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("true", "false") },
  { weight: 1, arbitrary: fc.constantFrom("1", '"true"', "null") },
);

/** A tensor's text of any rank up to 4. */
const text = (leaf: fc.Arbitrary<string>) =>
  fc.array(fc.nat(4), { maxLength: 4 }).chain((shape) => {
    const count = shape.reduce((product, length) => product * length, 1);
    return fc.tuple(fc.array(leaf, { minLength: count, maxLength: count }), space, space).map(([leaves, one, two]) => {
      let next = 0;
      const nest = (axis: number): string =>
        axis === shape.length
          ? leaves[next++]!
          : `[${one}${Array.from({ length: shape[axis]! }, () => nest(axis + 1)).join(`${two},${one}`)}${two}]`;
      return one + nest(0) + two;
    });
  });

const edit = fc.tuple(
  fc.nat(),
  fc.constantFrom(...'[]{},:"0123456789.eE+-tfn\\ul \n\u0007xé\0', "[1]", "{}", '"a"', ",,"),
  fc.nat(2),
);
const edited = (leaf: fc.Arbitrary<string>) =>
  fc.tuple(text(leaf), fc.array(edit, { maxLength: 3 })).map(([whole, edits]) =>
    edits.reduce((current, [place, characters, removed]) => {
      const at = place % (current.length + 1);
      return current.slice(0, at) + characters + current.slice(at + removed);
    }, whole),
  );

test.each([
  ["numbers", edited(numeric), false],
  ["booleans", edited(boolean), true],
] as const)("%s, written rightly or not, are read as JSON.parse reads them", (_what, texts, booleans) => {
  fc.assert(
    fc.property(texts, (one) => check(one, booleans)),
    { numRuns: 10_000 },
  );
});

test("a text that ends anywhere is refused, with the byte at which it ends", () => {
  const whole = '[[1.25e-3, "NaN"], [-0, "Infinity"]]';
  for (let end = 0; end < whole.length; end++) {
    const { code, detail } = read(whole.slice(0, end));
    expect(code, whole.slice(0, end)).toBe("invalid_json");
    expect(Number(/byte (\d+)/.exec(detail!)![1]), whole.slice(0, end)).toBeLessThanOrEqual(end);
  }
});

test("nesting is read up to the limit, and refused one deeper", () => {
  for (const [depth, code] of [
    [64, undefined],
    [65, "too_deep"],
    [100_000, "too_deep"],
  ] as const) {
    expect(read("[".repeat(depth) + "]".repeat(depth)).code).toBe(code);
  }
});

describe("the first thing that is wrong is named:", () => {
  test.each([
    ["/1", "has length 1, but the rows before have length 2", 9, "[[1,2],[3]]"],
    ["/1", "has length 1, but the rows before have length 2", 15, "[[[1],[2]],[[3]]]"],
    ["/1", "has length 0, but the rows before have length 1", 6, "[[1],[]]"],
    ["/1", "has length 1, but the rows before have length 0", 6, "[[],[1]]"],
    ["/1", "is empty, but the rows before are not", 8, "[[[1]],[]]"],
    ["/1/0", "is an array, but the entries before are values", 5, "[[],[[]]]"],
    ["/1", "is an array, but the entries before are values", 3, "[1,[2]]"],
    ["/1", "is 2, but the entries before are arrays", 5, "[[1],2]"],
    ["/1/2", "is null, but must be a number", 14, "[[1,2,3],[4,5,null]]"],
    ["/1", 'is the string "2", but must be a number', 4, '[1, "2"]'],
    ["/1", "is true, but must be a number", 3, "[1,true]"],
    ["/1", "is an object, but must be a number", 3, "[1,{}]"],
    ["", "is an object, but must be a number", 0, '{"a":1}'],
    ["/1", "is null, but must be a number", 6, "\uFEFF[1,null]"],
    ["/5000", "is null, but must be a number", 10_001, `[${"1,".repeat(5000)}null]`],
    ["/5000", "has length 3, but the rows before have length 2", 30_007, `[${"[1,2],".repeat(5000)}[1,2,3]]`],
  ])("%s %s, at byte %i", (pointer, detail, byte, one) => {
    const fault = read(one) as { pointer: string; detail: string };
    expect(fault.pointer).toBe(pointer);
    // What to send in its place may stand behind.
    expect(fault.detail.split(/(?<=, at byte \d+): /)[0]).toBe(`${detail}, at byte ${byte}`);
  });
});

test("numbers are counted against the limit, and not one more", () => {
  const ten = JSON.stringify(Array(10).fill(1));
  expect(read(ten, false, 10).data).toHaveLength(10);
  expect(read(ten, false, 9).code).toBe("too_many_elements");
  expect(read("[]", false, 0).data).toEqual([]);
});

test("memory grows with the numbers that are there, and not with the text", () => {
  const before = engine.memoryBytes;
  const blanks = " ".repeat(2_000_000);
  expect(read(`[1,${blanks}2]`).data).toEqual([1, 2]);
  expect(engine.memoryBytes - before).toBeLessThan(2_000_000 + 3 * 65_536);
  const numbers = 200_000;
  const text = `[${"1,".repeat(numbers - 1)}1]`;
  expect(read(text).shape).toEqual([numbers]);
  expect(engine.memoryBytes).toBeLessThan(before + 2_000_000 + 3 * 65_536);
});
