// npm run test:loss -- huber: what the tests say of one loss. Files that hold every loss's numbers to something are read.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";

const files = [
  "test/losses/laws.test.ts",
  "test/losses/presets.test.ts",
  "test/reference.test.ts",
  "test/determinism/digests.test.ts",
  "test/engine/float32.test.ts",
  "test/fuzz/fuzz.test.ts",
  "test/wire/v2/same_numbers.test.ts",
  "test/grading/fairness.test.ts",
  "test/grading/catalogue.test.ts",
  "test/grading/kinks.test.ts",
];

const name = process.argv[2] ?? "";
if (!/^\w+$/.test(name) || !existsSync(`src/losses/${name}/definition.ts`)) {
  process.stderr.write(`npm run test:loss -- <name>: src/losses has no loss "${name}"\n`);
  process.exit(2);
}
// The name as a word: mse alone, and not mse_sigmoid.
const args = ["run", ...files, "--testNamePattern", `\\b${name}\\b`];
process.exitCode = spawnSync("vitest", args, { stdio: "inherit" }).status ?? 1;
