import fc from "fast-check";
import { expect, test } from "vitest";
import { copyBytes } from "#lossd/engine/copy.js";

const memory = (bytes: number, shared: boolean) =>
  new Uint8Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));

test("bytes are copied wherever they and their target lie, from and to shared memory too", () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 65_530, max: 140_000 }));
  const offset = fc.integer({ min: 0, max: 17 });
  fc.assert(
    fc.property(lengths, offset, offset, fc.boolean(), fc.boolean(), (length, from, to, fromShared, toShared) => {
      const source = memory(length + from, fromShared).subarray(from);
      for (let i = 0; i < length; i++) source[i] = i % 251;
      const target = memory(length + to + 9, toShared).fill(255);
      copyBytes(source, target, to);
      expect(Buffer.from(source).equals(target.subarray(to, to + length))).toBe(true);
      expect(target.subarray(0, to).every((byte) => byte === 255)).toBe(true);
      expect(target.subarray(to + length).every((byte) => byte === 255)).toBe(true);
    }),
  );
});

test("bytes that do not fit are an error, and none of them is copied", () => {
  const target = new Uint8Array(4);
  expect(() => copyBytes(Uint8Array.of(1, 2, 3), target, 2)).toThrow("3 bytes for place 2 of 4");
  expect([...target]).toEqual([0, 0, 0, 0]);
});
