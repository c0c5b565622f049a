// What a health check waits while clients post large bodies, and what memory that takes.
// `npm run bench -- health` writes HEALTH.md.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./http/machine.mjs";

const seconds = 30;
const clients = 4;
const shape = { rows: 10_000, columns: 100 };
const probeEveryMs = 10;
const MB = 1e6;
/** What a health check may wait, by the 99th percentile. */
const waitMsMax = 20;
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
  const report = `# Health under load

Written by \`npm run bench -- health\`. For ${seconds} s, ${clients} clients post ${shape.rows}×${shape.columns} as JSON of ${(bodyBytes / MB).toFixed(1)} MB
each, one request after the other, while \`/health/live\` is asked every ${probeEveryMs} ms or, where that takes longer, at once.

Machine: ${describeMachine()}.

| what | measured | at most |
|---|---|---|
| /health/live, p99 of ${waits.length} | ${at(0.99)} ms | ${waitMsMax} ms |
| memory over the idle process | ${((peak - idle) / MB).toFixed(0)} MB | ${(allowed / MB).toFixed(0)} MB |

Of the health checks: p50 ${at(0.5)} ms, max ${at(1)} ms. Event loop delay in ms: ${delays.trim()}.
Replies by status: ${JSON.stringify(counts)}. The memory that is allowed is ${bound.factor} × (request + reply + ${bound.bytesPerNumber} B a number) of what is in
flight, and ${bound.bytes / MB} MB.
`;
  console.log(report);
  writeFileSync(new URL("HEALTH.md", import.meta.url), report);
  if (Number(at(0.99)) > waitMsMax || peak - idle > allowed) process.exitCode = 1;
}

if (process.argv[2] === "--load") process.send(await post(process.argv[3], Number(process.argv[4])));
else await main();
