// Numbers through the codec, beside JavaScript's Number and String: doubles and float32 of any bits, decimals of every
// spelling, and middles between doubles.
// npm run fuzz:numbers -- [COUNT] [SEED]: ten million of each by default, the middles a twentieth. `npm test` has a short form.
import { Random } from "../test/determinism/random.ts";
import {
  checkReading,
  checkSingles,
  checkWriting,
  drawDecimal,
  drawDoubles,
  drawHalfway,
  drawSingles,
} from "../test/harness/number_text.ts";

const [given = "10000000", seed = "1"] = process.argv.slice(2);
const count = Number(given);
if (!Number.isInteger(count) || count < 1) throw new Error(`COUNT is ${given}, not a whole number above 0`);

const piece = 100_000;

const kinds = [
  {
    name: "doubles written and read back",
    share: 1,
    check(random, size) {
      const numbers = drawDoubles(random, size);
      checkWriting(numbers);
      checkReading([...numbers].filter(Number.isFinite).map(String));
    },
  },
  { name: "float32 written", share: 1, check: (random, size) => checkSingles(drawSingles(random, size)) },
  {
    name: "decimals read",
    share: 1,
    check: (random, size) => checkReading(random.list(size, () => drawDecimal(random))),
  },
  {
    name: "middles read",
    share: 0.05,
    check: (random, size) => checkReading(random.list(size, () => drawHalfway(random))),
  },
];

for (const { name, share, check } of kinds) {
  const started = performance.now();
  const random = new Random(`${seed} ${name}`);
  const total = Math.max(1, Math.round(count * share));
  for (let done = 0; done < total; done += piece) check(random, Math.min(piece, total - done));
  console.log(`${name}: ${total}, none wrong, ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
