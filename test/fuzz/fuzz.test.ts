// The short form: `npm run fuzz` puts a million inputs into each.
import { expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { type Fuzzed, fuzz } from "./fuzz.ts";
import { GuardedMemory } from "./guarded_memory.ts";

const engine = new URL("../../dist/engine.wasm", import.meta.url);

test("no function of the engine writes outside its buffers, traps or makes NaN or -0", () => {
  const done: Fuzzed[] = [];
  fuzz(10_000, "short", (fuzzed) => done.push(fuzzed));
  expect(done.map(({ kernel }) => kernel)).toEqual(expect.arrayContaining(losses.map(({ name }) => name)));
  for (const { kernel, inputs } of done) expect(inputs, kernel).toBeGreaterThanOrEqual(10_000);
});

test("a write outside of its buffers is found, before them, behind them and far away", () => {
  const memory = new GuardedMemory(engine);
  const weigh = memory.calls.get("weigh")!;
  const strayWriteAt = (offset: number) => {
    memory.clear();
    const values = memory.place(Float64Array.of(1, 2), 2),
      out = memory.allocate(16, 2);
    memory.allow(out, 16);
    weigh(values, 0, 0, 2, out + offset);
    return (memory.findStrayWrite() ?? Number.NaN) - out;
  };
  expect(strayWriteAt(0)).toBeNaN();
  expect(strayWriteAt(-8)).toBe(-8);
  expect(strayWriteAt(8)).toBe(16);
  expect(strayWriteAt(2000)).toBe(2000);
});
