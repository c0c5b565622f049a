// Random and adversarial inputs through every function that the engine exports, in memory full of canaries.
// npm run fuzz -- [INPUTS] [SEED]: at least that many examples each, a million by default. `npm test` has a short form.
import { fuzz } from "../test/fuzz/fuzz.ts";
import { GuardedMemory } from "../test/fuzz/guarded_memory.ts";

const [inputs = "1000000", seed = "1"] = process.argv.slice(2);
const count = Number(inputs);
if (!Number.isInteger(count) || count < 1) throw new Error(`INPUTS is ${inputs}, not a whole number above 0`);

const memory = new GuardedMemory(new URL("../dist/engine.wasm", import.meta.url));
for (const kernel of memory.calls.keys()) {
  const started = performance.now();
  const done = fuzz(memory, kernel, count, seed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${kernel}: ${done.inputs} inputs in ${done.calls} calls, ${seconds} s`);
}
console.log("no write outside, no trap, no NaN, no -0");
