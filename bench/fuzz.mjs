// Random and adversarial inputs through every function that the engine exports, in memory full of canaries.
// npm run fuzz -- [INPUTS] [SEED]: at least that many examples each, a million by default. `npm test` has a short form.
import { fuzz } from "../test/fuzz/fuzz.ts";

const [inputs = "1000000", seed = "1"] = process.argv.slice(2);
const count = Number(inputs);
if (!Number.isInteger(count) || count < 1) throw new Error(`INPUTS is ${inputs}, not a whole number above 0`);

let started = performance.now();
fuzz(count, seed, ({ kernel, inputs, calls }) => {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${kernel}: ${inputs} inputs in ${calls} calls, ${seconds} s`);
  started = performance.now();
});
console.log("no write outside, no trap, no NaN, no -0");
