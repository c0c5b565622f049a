// How long a batch of submissions takes over HTTP, and the memory that it takes. `npm run bench -- grading` prints both;
// the target is 10,000 submissions of 32 × 10 within 20 s on two cores. `--quick` sends 1,000.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { batchOf } from "./grading/submissions.mjs";

const submissions = process.argv.includes("--quick") ? 1000 : 10_000;
const targetSeconds = 20;

function startServer() {
  const main = new URL("../dist/main.js", import.meta.url).pathname;
  const server = spawn(process.execPath, [main, "serve"], {
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1", WORKERS: "2" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = new Promise((resolve, reject) => {
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    let text = "";
    server.stdout.on("data", (chunk) => {
      text += chunk;
      const found = /"port":(\d+)|127\.0\.0\.1:(\d+)/.exec(text);
      if (found) resolve(Number(found[1] ?? found[2]));
    });
  });
  return { server, port };
}

async function untilReady(url) {
  while (!(await fetch(`${url}/health/ready`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The largest memory that a process had, in MiB; undefined where the system does not say. */
function peakMemory({ pid }) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
  } catch {
    return undefined;
  }
}

async function main() {
  const { task, lines } = batchOf({ submissions, rows: 32, columns: 10 });
  const pieces = [JSON.stringify({ task }), ...lines].map((line) => Buffer.from(`${line}\n`));
  const { server, port } = startServer();
  try {
    const url = `http://127.0.0.1:${await port}`;
    await untilReady(url);
    const before = peakMemory(server);
    const start = performance.now();
    const reply = await fetch(`${url}/v1/grade/batch`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: ReadableStream.from(pieces),
      duplex: "half",
    });
    let [bytes, end] = [0, ""];
    for await (const chunk of reply.body) {
      bytes += chunk.length;
      end = (end + Buffer.from(chunk).toString("latin1")).slice(-10_000);
    }
    const seconds = (performance.now() - start) / 1000;
    const summary = JSON.parse(end.trimEnd().split("\n").at(-1));
    if (!summary.done || summary.lines !== submissions) throw new Error(`the batch failed: ${JSON.stringify(summary)}`);
    const sent = pieces.reduce((sum, { length }) => sum + length, 0);
    const mib = (count) => (count / 2 ** 20).toFixed(1);
    console.log(`${submissions} submissions of 32 × 10, 2 workers, ${availableParallelism()} cores`);
    console.log(
      `time: ${seconds.toFixed(2)} s, ${Math.round(submissions / seconds)} a second (target ${targetSeconds} s)`,
    );
    console.log(`sent ${mib(sent)} MiB, received ${mib(bytes)} MiB`);
    console.log(`server's peak memory: ${peakMemory(server)?.toFixed(0)} MiB (${before?.toFixed(0)} before the batch)`);
    console.log(JSON.stringify(summary));
    if (submissions === 10_000 && seconds > targetSeconds) process.exitCode = 1;
  } finally {
    server.removeAllListeners("exit");
    server.kill("SIGTERM");
  }
}

await main();
