// node test/clients/wasm_answers.ts FOLDER ROWS CLASSES
// Writes FOLDER/batch, the doubles that the examples read, and FOLDER/expected, what they must print: the bits of the
// answer that a running service gives over HTTP.
import { writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { drawLogit, type Profile } from "../determinism/numbers.ts";
import { Random } from "../determinism/random.ts";
import { ask, startService } from "./service.ts";

interface Reply {
  readonly loss: number;
  readonly losses: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

function bits(number: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return bytes.toString("hex");
}

async function main([folder, rowsText, classesText]: readonly string[]): Promise<void> {
  if (!folder) throw new Error("usage: wasm_answers.ts FOLDER ROWS CLASSES");
  const rows = Number(rowsText),
    classes = Number(classesText);
  const random = new Random("wasm clients");
  const profiles: readonly Profile[] = ["gentle", "wide", "close"];
  const logits = random.list(rows, (row) => random.list(classes, () => drawLogit(random, profiles[row % 3]!)));
  const labels = random.list(rows, () => random.below(classes));
  writeFileSync(path.join(folder, "batch"), new Float64Array([...logits.flat(), ...labels]));
  const service = await startService();
  const { loss, losses, gradients } = await ask<Reply>(service.url, "cross_entropy", { logits, labels });
  await service.stop();
  writeFileSync(path.join(folder, "expected"), `${[loss, ...losses, ...gradients.flat()].map(bits).join("\n")}\n`);
}

await main(process.argv.slice(2));
