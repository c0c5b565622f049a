// The latency of one large request, on one worker and cut over two, in turn: `node bench/cut.mjs [rows] [columns]` after
// `npm run build`; it only prints. Two idle cores are needed: where others work too, parts wait for each other.
import { spawn } from "node:child_process";
import http from "node:http";
import { createInterface } from "node:readline";

const [rows = 10_000, columns = 100] = process.argv.slice(2).map(Number);
const rounds = 9;
const never = 2 ** 40;

const row = (at) => `[${Array.from({ length: columns }, (_, c) => Math.sin(at * columns + c) * 9)}]`;
const labels = Array.from({ length: rows }, (_, at) => at % columns);
const body = Buffer.from(`{"logits":[${Array.from({ length: rows }, (_, at) => row(at))}],"labels":[${labels}]}`);

async function startServer(cutBytesMin) {
  const limits = { BODY_BYTES_MAX: 2 ** 30, QUEUE_BYTES_MAX: 2 ** 32, WORKER_MEMORY_BYTES_MAX: 2 ** 32 };
  const env = { ...process.env, ...limits, PORT: "0", WORKERS: "2", CUT_BYTES_MIN: String(cutBytesMin) };
  const server = spawn(process.execPath, ["dist/main.js", "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: server.stdout });
  for await (const line of lines) {
    const url = /ready at (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (!url) continue;
    lines.close();
    server.stdout.resume();
    return { server, url, ms: [] };
  }
  throw new Error("the server ended before it was ready");
}

const headers = { "content-type": "application/json", "content-length": body.length };

/** Milliseconds from the first byte of the request to the last of the reply. */
function post(url) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const asked = http.request(`${url}/v1/losses/cross_entropy`, { method: "POST", headers }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`status ${reply.statusCode}`));
      reply.on("data", () => undefined);
      reply.on("end", () => resolve(performance.now() - start));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const [whole, cut] = [await startServer(never), await startServer(1024)];
for (let round = -2; round < rounds; round++) {
  for (const { url, ms } of [whole, cut]) {
    const taken = await post(url);
    if (round >= 0) ms.push(taken);
  }
}
const median = ({ ms }) => ms.toSorted((a, b) => a - b)[rounds >> 1];
console.log(`${rows}×${columns}, ${(body.length / 1e6).toFixed(1)} MB, median of ${rounds}:`);
console.log(
  `whole ${median(whole).toFixed(0)} ms, cut ${median(cut).toFixed(0)} ms: ${(median(whole) / median(cut)).toFixed(2)}×`,
);
for (const { server } of [whole, cut]) server.kill("SIGTERM");
