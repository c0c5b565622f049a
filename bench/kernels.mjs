// Nanoseconds a logit of the kernels, loss and gradient, beside PyTorch and NumPy in the same run.
// npm run bench -- kernels             writes KERNELS.md
// npm run bench -- kernels --quick     a short run that only prints
// LOSSD_PYTHON names a Python with torch, torchvision and numpy; without it python3 is tried.
// Exits with 1 where exp's constants are no longer loaded before the loop: see exp_constants.ts.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Engine } from "../dist/engine/engine.js";
import * as at from "../dist/kernels/batch.js";
import { write } from "./kernels/report.mjs";

const quick = process.argv.includes("--quick");
const rounds = quick ? 3 : 5;
const roundMs = 30;

const shapes = [
  { rows: 1, classes: 4096, float64: 3, float32: 2.6 },
  { rows: 32, classes: 128, float64: 3, float32: 2.6 },
  { rows: 256, classes: 16 },
  { rows: 1024, classes: 4, float64: 5 },
  { rows: 1024, classes: 1000, float64: 3, float32: 2.6 },
  { rows: 32, classes: 32000, float64: 3, float32: 2.6 },
];
const cases = [false, true].flatMap((float32) => [
  ...shapes.map((shape) => ({
    loss: "cross_entropy",
    ...shape,
    float32,
    target: shape[float32 ? "float32" : "float64"],
  })),
  { loss: "binary_cross_entropy", rows: 4096, classes: 1, float32, target: float32 ? undefined : 7 },
  { loss: "focal", rows: 4096, classes: 1, float32, target: float32 ? undefined : 10 },
]);
const parameters = { cross_entropy: [0, 1], binary_cross_entropy: [1, 0], focal: [2, 0.25] };

/** Normal logits of deviation 3, the same in every run (mulberry32). */
function generator(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { uniform, normal: () => 3 * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** Lays a case into an engine of its own; returns its kernel as a function. */
function prepare({ loss, rows, classes, float32 }) {
  const engine = Engine.load();
  const { uniform, normal } = generator(1);
  const logits = (float32 ? Float32Array : Float64Array).from({ length: rows * classes }, normal);
  const labels = Float64Array.from({ length: rows }, () => Math.floor(uniform() * Math.max(classes, 2)));
  const values = new Map([
    [at.EXAMPLES, rows],
    [at.CLASSES, classes],
    [at.LOGITS, engine.storeInput({ shape: [rows, classes], data: logits }).address],
    [at.LABELS, engine.store({ shape: [rows], data: labels })],
    [at.LOSSES, engine.allocateNumbers(rows)],
    [at.GRADIENTS, engine.allocate(logits.byteLength)],
    [at.SCRATCH, engine.allocate(40 * classes + at.BATCH_BYTES)],
    [at.FLOAT32, float32 ? 1 : 0],
  ]);
  const batch = engine.allocate(at.BATCH_BYTES);
  const fields = engine.fields(batch);
  for (const [field, value] of values) fields.setUint32(field, value, true);
  fields.setFloat64(at.DENOMINATOR, rows, true);
  parameters[loss].forEach((value, i) => {
    fields.setFloat64(at.PARAMETERS + 8 * i, value, true);
  });
  const kernel = engine.kernel(loss);
  return () => kernel(batch, 0, rows);
}

/** Milliseconds of this process's CPU: what others do on the machine is not in them. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A function that measures one round: nanoseconds of CPU an element. */
function stopwatch(run, elements) {
  for (const end = performance.now() + 50; performance.now() < end; ) run();
  const start = cpuMs();
  let turns = 0;
  while (cpuMs() - start < roundMs) {
    run();
    turns++;
  }
  return () => {
    const before = cpuMs();
    for (let i = 0; i < turns; i++) run();
    return ((cpuMs() - before) * 1e6) / (turns * elements);
  };
}

/** The Python beside us, or undefined, loudly. */
async function startPeers() {
  // A machine's settings for its BLAS are not what NumPy and PyTorch choose by themselves.
  const { OPENBLAS_CORETYPE: _1, OPENBLAS_L2_SIZE: _2, ...env } = process.env;
  const python = process.env.LOSSD_PYTHON ?? "python3";
  const child = spawn(python, [path.join(import.meta.dirname, "kernels/peers.py")], {
    env: { ...env, OMP_NUM_THREADS: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => (complaint += text));
  child.on("error", (error) => (complaint += error.message));
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  if (done) {
    console.error(`\n!!! WITHOUT PYTORCH AND NUMPY: ${python}: ${complaint.trim().split("\n").at(-1)}\n`);
    return undefined;
  }
  const ask = async ({ loss, rows, classes, float32 }) => {
    child.stdin.write(`${JSON.stringify({ loss, rows, classes, float32 })}\n`);
    const answer = await lines.next();
    if (answer.done) throw new Error(`the peers ended: ${complaint}`);
    return JSON.parse(answer.value);
  };
  const stop = async () => {
    child.stdin.end();
    await once(child, "exit");
  };
  return { versions: JSON.parse(value), ask, stop };
}

/** exp with its constants before the loop, and in it, as a function that measures a round of both. */
function prepareConstants() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "lossd-exp-"));
  const file = path.join(folder, "exp.wasm");
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--enable", "simd"];
  const args = ["node_modules/assemblyscript/bin/asc.js", "bench/kernels/exp_constants.ts", "-o", file, ...options];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error("asc failed");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
  rmSync(folder, { recursive: true });
  exports.memory.grow(2);
  const count = 2048;
  const values = (exports.heap_base() + 15) & ~15;
  const { uniform } = generator(1);
  const numbers = new Float64Array(exports.memory.buffer, values, count);
  for (let i = 0; i < count; i++) numbers[i] = -20 * uniform();
  return ["hoisted", "inline"].map((name) => stopwatch(() => exports[name](values, count, values + 8 * count), count));
}

async function main() {
  const peers = await startPeers();
  const rows = cases.map((one) => ({
    ...one,
    measure: stopwatch(prepare(one), one.rows * one.classes),
    ours: [],
    torch: [],
    numpy: [],
  }));
  const constants = prepareConstants();
  const exp = { hoisted: [], inline: [] };
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      row.ours.push(row.measure());
      if (!peers) continue;
      const [torch, numpy] = await peers.ask(row);
      row.torch.push(torch);
      row.numpy.push(numpy);
    }
    exp.hoisted.push(constants[0]());
    exp.inline.push(constants[1]());
  }
  await peers?.stop();
  const { text, faults } = write(rows, exp, peers?.versions, rounds);
  console.log(text);
  if (!quick && peers) writeFileSync(new URL("KERNELS.md", import.meta.url), text);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

await main();
