// node test/clients/wasm_answers.ts FOLDER ROWS CLASSES
// Writes FOLDER/batch, the doubles that the examples read, and FOLDER/expected, what they must print: the bits of the
// answer that a running service gives over HTTP.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { drawLogit, type Profile } from "../determinism/numbers.ts";
import { Random } from "../determinism/random.ts";

interface Reply {
  readonly loss: number;
  readonly losses: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

/** Starts a service on a free port; resolves with its address. */
async function startService() {
  const env = { ...process.env, PORT: "0", HOST: "127.0.0.1", WORKERS: "1" };
  const service = spawn(process.execPath, ["dist/main.js", "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: service.stdout });
  for await (const line of lines) {
    const url = /ready at (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (url) return { service, url };
  }
  throw new Error("the service ended before it was ready");
}

async function ask(request: object): Promise<Reply> {
  const { service, url } = await startService();
  service.stdout.resume();
  try {
    const response = await fetch(`${url}/v1/losses/cross_entropy`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text) as Reply;
  } finally {
    service.kill("SIGTERM");
    await once(service, "exit");
  }
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
  const { loss, losses, gradients } = await ask({ logits, labels });
  writeFileSync(path.join(folder, "expected"), `${[loss, ...losses, ...gradients.flat()].map(bits).join("\n")}\n`);
}

await main(process.argv.slice(2));
