// A tensor in parts: where its rows start, some of them read, some of them written. The parts make up the whole.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Engine } from "#lossd/engine/engine.js";
import { BodyText, NestedReader } from "#lossd/json/nested.js";
import { JsonReader } from "#lossd/json/reader.js";
import { RowFinder } from "#lossd/json/rows.js";
import * as at from "#lossd/kernels/text/layout.js";

const engine = Engine.load();

type Nested = number | Nested[];

const tensors = fc.oneof(
  fc.array(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0),
    { minLength: 1, maxLength: 60 },
  ),
  fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.nat(5), fc.nat(3))
    .map(([rows, columns, deep]) =>
      Array.from({ length: rows }, (_, row) =>
        Array.from(
          { length: columns + 1 },
          (_, column): Nested => (deep === 0 ? row + column / 8 : Array.from({ length: deep }, () => row * 1e-9)),
        ),
      ),
    ),
) as fc.Arbitrary<Nested[]>;

const spaced = fc.constantFrom(0, 1, 4);

/** The text, and behind it what follows in a body. */
const written = (tensor: Nested[], indent: number) => `${JSON.stringify(tensor, null, indent)} ,"labels":[1]}`;

function finder(text: string) {
  engine.reset();
  const body = new TextEncoder().encode(text);
  return { body, rows: new RowFinder(new BodyText(engine, body, 1e6), 1) };
}

describe("the row finder", () => {
  test("finds every row, whatever the rank, and the tensor's end", () => {
    fc.assert(
      fc.property(tensors, spaced, (tensor, indent) => {
        const text = written(tensor, indent);
        const { rows } = finder(text);
        for (let row = 0; row < tensor.length; row++) {
          expect(rows.row).toBe(row);
          const rest = text.slice(rows.position);
          expect(JSON.parse(`[${rest.slice(0, rest.indexOf(' ,"labels"'))}`)).toEqual(tensor.slice(row));
          expect(rows.seek(rows.position + 1)).toBe(row + 1 < tensor.length ? "row" : "end");
        }
        expect([rows.row, text.slice(rows.position)]).toEqual([tensor.length, ' ,"labels":[1]}']);
      }),
      { numRuns: 500 },
    );
  });

  test("goes to the first row at a place or after it", () => {
    fc.assert(
      fc.property(tensors, spaced, fc.nat(), (tensor, indent, place) => {
        const text = written(tensor, indent);
        const { rows } = finder(text);
        const starts: number[] = [];
        do starts.push(rows.position);
        while (rows.seek(rows.position + 1) === "row");
        const target = place % text.length;
        const wanted = starts.findIndex((start) => start >= target);
        const again = finder(text).rows;
        expect(again.seek(target)).toBe(wanted >= 0 ? "row" : "end");
        expect(again.row).toBe(wanted < 0 ? tensor.length : wanted);
        if (wanted >= 0) expect(again.position).toBe(starts[wanted]);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["[1,2", "[[1,2],[3", "[", "[[1]", `[${"1,".repeat(100)}`])(
    "a text that ends early is cut: %.20s",
    (text) => {
      expect(finder(text).rows.seek(1e6)).toBe("cut");
    },
  );
});

describe("rows are read as the whole is", () => {
  function readRows(text: string, from: number, to: number | undefined, start: number, end = text.length) {
    engine.reset();
    const body = new TextEncoder().encode(text);
    const reader = new JsonReader(body);
    reader.position = start;
    const found = new NestedReader(reader, new BodyText(engine, body, 1e6, start, end)).readRows(false, from, to);
    if ("pointer" in found) return found;
    return { shape: found.shape, data: [...found.data], position: reader.position };
  }

  const flatOf = (value: Nested): number[] => (typeof value === "number" ? [value] : value.flatMap(flatOf));
  const shapeOf = (value: Nested): number[] => (typeof value === "number" ? [] : [value.length, ...shapeOf(value[0]!)]);

  test("by their number, and by the bytes that they stand in", () => {
    fc.assert(
      fc.property(tensors, spaced, fc.nat(), fc.nat(), (tensor, indent, one, other) => {
        const text = written(tensor, indent);
        const [from, to] = [one % tensor.length, 1 + (other % tensor.length)].sort((a, b) => a - b) as [number, number];
        fc.pre(from < to);
        const { rows } = finder(text);
        const starts: number[] = [];
        do starts.push(rows.position);
        while (rows.seek(rows.position + 1) === "row");
        starts.push(rows.position);
        const wanted = { shape: [to - from, ...shapeOf(tensor).slice(1)], data: flatOf(tensor.slice(from, to)) };
        expect(readRows(text, from, to, starts[from]!)).toMatchObject(wanted);
        expect(readRows(text, from, undefined, starts[from]!, starts[to]!)).toMatchObject(wanted);
      }),
      { numRuns: 500 },
    );
  });

  test("and what is wrong with them is named by the row of the whole", () => {
    const text = "[[1,2],[3,4],[5],[6,null]]";
    expect(readRows(text, 1, 3, 7)).toEqual({
      pointer: "/2",
      detail: "has length 1, but the rows before have length 2, at byte 15",
    });
    expect(readRows(text, 3, undefined, 17)).toMatchObject({ pointer: "/3/1" });
    expect(() => readRows("[1,2,x]", 2, undefined, 5)).toThrow(/expected a value at byte 5/);
  });
});

test("numbers written in parts are the text of the whole", () => {
  fc.assert(
    fc.property(tensors, fc.array(fc.nat(), { maxLength: 4 }), (tensor, cuts) => {
      engine.reset();
      const shape: number[] = [];
      for (let rows: Nested = tensor; typeof rows !== "number"; rows = rows[0]!) shape.push(rows.length);
      const data = Float64Array.from((tensor as number[]).flat(3));
      const { address } = engine.storeInput({ shape, data });
      const record = engine.allocate(at.WRITE_BYTES);
      const room = data.length * (at.WRITE_NUMBER_MAX + 8) + at.WRITE_SLACK;
      const start = engine.claim(room);
      let end = start;
      const places = [0, ...cuts.map((cut) => cut % data.length).sort((a, b) => a - b), data.length];
      for (let i = 1; i < places.length; i++) {
        const fields = engine.words(record, at.WRITE_BYTES / 4);
        fields.set([address, 0, places[i - 1]!, places[i]!, shape.length, at.WRITE_STRING, ...shape]);
        end = engine.calls.write_tensor(record, end);
      }
      const text = Buffer.from(engine.bytes(start, end - start)).toString();
      expect(`[${text.slice(0, -1)}]`).toBe(JSON.stringify(tensor));
    }),
    { numRuns: 500 },
  );
});
