// A tensor that is written in parts is written as the whole is.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Engine } from "#lossd/engine/engine.js";
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
