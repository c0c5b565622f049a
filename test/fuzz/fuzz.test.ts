// The short form: `npm run fuzz` puts a million inputs into each.
import { expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { fuzz } from "./fuzz.ts";
import { GuardedMemory } from "./guarded_memory.ts";

const engine = new URL("../../dist/engine.wasm", import.meta.url);
const memory = new GuardedMemory(engine);
const kernels = [...memory.calls.keys()];

test("every loss is among the engine's functions", () => {
  expect(kernels).toEqual(expect.arrayContaining(losses.map(({ name }) => name)));
});

test.each(kernels)("%s writes nothing outside its buffers, does not trap and makes no NaN or -0", (kernel) => {
  expect(fuzz(memory, kernel, 10_000, "short").inputs).toBeGreaterThanOrEqual(10_000);
});

test("a write outside of its buffers is found, before them, behind them and far away", () => {
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
