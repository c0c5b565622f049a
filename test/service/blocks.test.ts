import fc from "fast-check";
import { expect, test } from "vitest";
import { Blocks } from "#lossd/service/memory/blocks.js";

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
