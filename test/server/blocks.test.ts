import fc from "fast-check";
import { expect, test } from "vitest";
import { Blocks } from "#lossd/server/blocks.js";
import { place } from "#lossd/server/body_memory.js";

const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 8000, max: 17_000 })), {
  maxLength: 40,
});

test("bytes come out as they went in, whatever the sizes of the chunks", () => {
  fc.assert(
    fc.property(sizes, (lengths) => {
      const chunks = lengths.map((length, i) => Buffer.alloc(length, i));
      const blocks = new Blocks();
      for (const chunk of chunks) blocks.add(chunk);
      const whole = Buffer.concat(chunks);
      expect(blocks.bytes).toBe(whole.length);
      expect(whole.equals(blocks.join())).toBe(true);
    }),
  );
});

test("a chunk that is small may be overwritten by who gave it, and takes no memory of its own", () => {
  const blocks = new Blocks();
  const chunk = Buffer.of(7);
  for (let i = 0; i < 100_000; i++) blocks.add(chunk);
  chunk[0] = 0;
  expect(Buffer.alloc(100_000, 7).equals(blocks.join())).toBe(true);
});

test("bytes are placed wherever they and their target lie, in shared memory too", () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 65_530, max: 140_000 }));
  const offset = fc.integer({ min: 0, max: 17 });
  fc.assert(
    fc.property(lengths, offset, offset, fc.boolean(), (length, from, to, shared) => {
      const source = Uint8Array.from({ length: length + from }, (_, i) => i % 251).subarray(from);
      const size = length + to + 9;
      const target = new Uint8Array(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size)).fill(255);
      place(source, target, to);
      expect(Buffer.from(source).equals(target.subarray(to, to + length))).toBe(true);
      expect(target.subarray(0, to).every((byte) => byte === 255)).toBe(true);
      expect(target.subarray(to + length).every((byte) => byte === 255)).toBe(true);
    }),
  );
});
