// Requests a second over HTTP and where a request's time goes. `npm run bench` writes RESULTS.md;
// `npm run bench -- --quick` is a short run that only prints.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import os from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import autocannon from "autocannon";

const quick = process.argv.includes("--quick");
const seconds = quick ? 2 : 8;
const rounds = quick ? 1 : 5;
const connections = 16;

const shapes = [
  { name: "32×10", rows: 32, columns: 10 },
  { name: "1024×100", rows: 1024, columns: 100 },
];

/** A seeded generator (mulberry32): the same bodies in every run. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Normal logits with 17 digits, as a model gives them. */
function makeBody({ rows, columns }) {
  const random = generator(1);
  const normal = () => 3 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const logits = Array.from({ length: rows }, () => Array.from({ length: columns }, normal));
  const labels = Array.from({ length: rows }, () => Math.floor(random() * columns));
  return JSON.stringify({ logits, labels });
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Where taskset is, server and load each get a core of their own. */
function pinned(core, command) {
  const can = os.availableParallelism() > 1 && spawnSync("taskset", ["-V"]).status === 0;
  return can ? ["taskset", "-c", String(core), ...command] : command;
}

async function startServer() {
  const [command, ...args] = pinned(0, [process.execPath, "dist/main.js", "serve"]);
  const env = { ...process.env, PORT: "0", WORKERS: "1", LOG_LEVEL: "info" };
  const server = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: server.stdout });
  for await (const line of lines) {
    const url = /ready at (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (url) {
      lines.close();
      server.stdout.resume();
      return { server, url };
    }
  }
  throw new Error("the server ended before it was ready");
}

function readTimings(header) {
  const stages = [...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, stage, ms]) => [stage, Number(ms)]);
  return Object.fromEntries(stages);
}

/** The median milliseconds of each stage, one request at a time, after a warm-up. */
async function measureStages(url, body) {
  const samples = [];
  for (let i = 0; i < (quick ? 60 : 300); i++) {
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    await response.arrayBuffer();
    if (i >= 20) samples.push(readTimings(response.headers.get("server-timing")));
  }
  return Object.fromEntries(
    ["parse", "compute", "print"].map((stage) => [stage, median(samples.map((s) => s[stage]))]),
  );
}

async function measureRate(url, body) {
  const rates = [];
  for (let round = 0; round < rounds; round++) {
    const options = {
      url,
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      connections,
      duration: seconds,
    };
    const result = await autocannon(options);
    if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
    rates.push(result.requests.average);
    await wait(200);
  }
  return rates;
}

async function main() {
  // The load generator moves to the other core, so that it does not take the server's.
  if (os.availableParallelism() > 1) spawnSync("taskset", ["-cp", "1", String(process.pid)]);
  const { server, url } = await startServer();
  const rows = [];
  try {
    for (const shape of shapes) {
      const body = makeBody(shape);
      const target = `${url}/v1/losses/cross_entropy`;
      const stages = await measureStages(target, body);
      const rates = await measureRate(target, body);
      rows.push({ shape, stages, rates, bytes: body.length });
      console.error(`${shape.name}: ${Math.round(median(rates))} requests a second`);
    }
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
  const report = write(rows);
  console.log(report);
  if (!quick) writeFileSync(new URL("RESULTS.md", import.meta.url), report);
}

function write(rows) {
  const line = ({ shape, stages, rates, bytes }) => {
    const numbers = shape.rows * shape.columns;
    const total = stages.parse + stages.compute + stages.print;
    const share = (stage) =>
      `${((100 * stages[stage]) / total).toFixed(0)} % (${((1e6 * stages[stage]) / numbers).toFixed(0)})`;
    const spread = `${Math.round(Math.min(...rates))}–${Math.round(Math.max(...rates))}`;
    return `| ${shape.name} | ${bytes} | ${Math.round(median(rates))} | ${spread} | ${share("parse")} | ${share("compute")} | ${share("print")} |`;
  };
  return `# Measurements

Written by \`npm run bench\`. Cross-entropy, losses and gradients, float64 JSON in and out, one worker,
${connections} connections, ${rounds} rounds of ${seconds} s; server and load each on a core of its own.
Machines are noisy: compare figures of one run only.

Machine: ${os.cpus()[0]?.model}, ${os.cpus().length} cores, ${os.type()} ${os.release()}, Node ${process.version}.

| batch | body, bytes | requests a second (median) | least–greatest | parse: share (ns a number) | compute | print |
|---|---|---|---|---|---|---|
${rows.map(line).join("\n")}
`;
}

// `npm run bench -- kernels` measures the engine without HTTP, `npm run bench -- codec` the number codec alone.
const part = ["kernels", "codec"].find((name) => process.argv.includes(name));
if (part) await import(`./${part}.mjs`);
else await main();
