// What a health check waits while clients post large bodies, and what memory that takes.
// `node bench/health.mjs [seconds]` after `npm run build`; it only prints.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const seconds = Number(process.argv[2] ?? 30);
const clients = 4;
const shape = { rows: 10_000, columns: 100 };
const probeEveryMs = 10;
const MB = 1e6;
/** The bound of memory over the idle process, in bytes of what is in flight. */
const bound = { factor: 2, bytesPerNumber: 16, bytes: 60 * MB };

function makeBody() {
  const row = (at) => Array.from({ length: shape.columns }, (_, c) => Math.sin(at * shape.columns + c) * 9);
  const logits = Array.from({ length: shape.rows }, (_, at) => row(at));
  return Buffer.from(JSON.stringify({ logits, labels: logits.map((_, at) => at % shape.columns) }));
}

function request(url, options, body) {
  return new Promise((resolve, reject) => {
    const asked = http.request(url, options, (reply) => {
      let bytes = 0;
      reply.on("data", (chunk) => {
        bytes += chunk.length;
      });
      reply.on("end", () => resolve({ status: reply.statusCode, bytes }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Posts until told to stop, in a process that gives way, so that the service is measured and not its load. */
async function post(url, until) {
  setPriority(10);
  const body = makeBody();
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const headers = { "content-type": "application/json", "content-length": body.length };
  const counts = {};
  let replyBytes = 0;
  const client = async () => {
    while (Date.now() < until) {
      const { status, bytes } = await request(url, { method: "POST", agent, headers }, body);
      counts[status] = (counts[status] ?? 0) + 1;
      replyBytes = Math.max(replyBytes, bytes);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { counts, bodyBytes: body.length, replyBytes };
}

async function startServer() {
  const args = ["--import", new URL("loop_delay.mjs", import.meta.url).href, "dist/main.js", "serve"];
  const env = { ...process.env, PORT: "0", LOG_LEVEL: "info" };
  const server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines = createInterface({ input: server.stdout });
  for await (const line of lines) {
    const url = /ready at (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (!url) continue;
    lines.close();
    server.stdout.resume();
    return { server, url };
  }
  throw new Error("the server ended before it was ready");
}

const residentBytes = (pid) => 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

async function probe(url, pid, until) {
  const agent = new http.Agent({ keepAlive: true });
  const waits = [];
  let peak = 0;
  while (Date.now() < until) {
    const start = performance.now();
    const { status } = await request(`${url}/health/live`, { agent });
    if (status !== 200) throw new Error(`health said ${status}`);
    waits.push(performance.now() - start);
    peak = Math.max(peak, residentBytes(pid));
    await wait(probeEveryMs);
  }
  agent.destroy();
  return { waits: waits.toSorted((a, b) => a - b), peak };
}

async function main() {
  const { server, url } = await startServer();
  let delays = "";
  server.stderr.on("data", (chunk) => {
    delays += chunk;
  });
  await wait(1500);
  const idle = residentBytes(server.pid);
  const until = Date.now() + seconds * 1000;
  const load = fork(fileURLToPath(import.meta.url), ["--load", `${url}/v1/losses/cross_entropy`, String(until)]);
  const posted = once(load, "message");
  const { waits, peak } = await probe(url, server.pid, until);
  const [{ counts, bodyBytes, replyBytes }] = await posted;
  server.kill("SIGTERM");
  await once(server, "close");
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))].toFixed(1);
  const inFlight = clients * (bodyBytes + replyBytes + bound.bytesPerNumber * shape.rows * shape.columns);
  const allowed = bound.factor * inFlight + bound.bytes;
  console.log(
    `${clients} clients, bodies of ${(bodyBytes / MB).toFixed(1)} MB, ${seconds} s: ${JSON.stringify(counts)}`,
  );
  console.log(`/health/live, ${waits.length} times: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`);
  console.log(`event loop delay, ms: ${delays.trim()}`);
  console.log(`memory over idle: ${((peak - idle) / MB).toFixed(0)} MB of ${(allowed / MB).toFixed(0)} MB allowed`);
}

if (process.argv[2] === "--load") process.send(await post(process.argv[3], Number(process.argv[4])));
else await main();
