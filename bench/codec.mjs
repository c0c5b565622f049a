// The number codec beside JSON.parse and JSON.stringify of the same Node, in turns within one run.
// `npm run bench -- codec` writes CODEC.md; with `--quick` it only prints.
import { writeFileSync } from "node:fs";
import os from "node:os";
import { Engine } from "../dist/engine/engine.js";
import { BodyText, NestedReader } from "../dist/json/nested.js";
import { JsonReader } from "../dist/json/reader.js";
import { JsonWriter } from "../dist/json/writer.js";
import { Random } from "../test/determinism/random.ts";

const quick = process.argv.includes("--quick");
const count = 100_000;
const rounds = quick ? 15 : 101;
const warmUps = 10;

const engine = Engine.load();
const form = { nonfinite: "string", encoding: "nested", datatype: "FP64" };

/** Normally distributed (Box and Muller). */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
}

const sets = [
  { name: "3·randn, 17 digits", draw: (random) => 3 * normal(random) },
  { name: "4 decimals", draw: (random) => Math.round(30_000 * normal(random)) / 10_000 },
  { name: "gradients, 1e-8…1e-3", draw: (random) => normal(random) * 10 ** (-3 - 5 * random.unit()) },
  { name: "whole numbers below 1000", draw: (random) => random.below(1000) },
  { name: "3·randn as float32, shortest", draw: (random) => 3 * normal(random), single: true },
];

function read(bytes) {
  engine.reset();
  return new NestedReader(new JsonReader(bytes), new BodyText(engine, bytes, count)).read(false);
}

function write(data) {
  engine.reset();
  const tensor = engine.storeInput({ shape: [data.length], data });
  const writer = new JsonWriter(engine, form);
  writer.tensor("", tensor);
  return writer.bytes();
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The least nanoseconds a number of each step, and the median ratio of two steps in the same round. */
function measure(steps) {
  const samples = steps.map(() => []);
  for (let round = 0; round < rounds + warmUps; round++) {
    steps.forEach((step, i) => {
      const start = performance.now();
      step();
      if (round >= warmUps) samples[i].push(((performance.now() - start) * 1e6) / count);
    });
  }
  return {
    times: samples.map((times) => Math.min(...times)),
    ratio: (a, b) => median(samples[b].map((time, i) => time / samples[a][i])),
  };
}

function measureSet({ name, draw, single = false }) {
  const random = new Random(name);
  const numbers = random.list(count, () => draw(random));
  const data = single ? Float32Array.from(numbers) : Float64Array.from(numbers);
  const text = `[${Buffer.from(write(data)).toString().slice(4, -1)}]`;
  const bytes = new TextEncoder().encode(text);
  // What JSON.stringify prints of the same values: a float32 as the double that it is.
  const plain = [...data];
  const { times, ratio } = measure([
    () => read(bytes),
    () => JSON.parse(text),
    () => write(data),
    () => JSON.stringify(plain),
  ]);
  return { name, size: bytes.length / count, times, parse: ratio(0, 1), print: ratio(2, 3) };
}

const line = ({ name, size, times, parse, print }) =>
  `| ${name} | ${size.toFixed(1)} | ${times[0].toFixed(1)} | ${times[1].toFixed(1)} | ${parse.toFixed(1)} × | ${times[2].toFixed(1)} | ${times[3].toFixed(1)} | ${print.toFixed(1)} × |`;

const results = sets.map(measureSet);
const report = `# The number codec

Written by \`npm run bench -- codec\`: nanoseconds a number over ${count} numbers, the least of ${rounds} rounds in which each takes
its turn (what other processes disturb is above it), and the median of the ratios within a round. Ours goes from the request's
bytes to doubles, and from doubles to the reply's bytes, copies included; JSON.parse starts with a string, and JSON.stringify
ends with one. Machines are noisy: compare figures of one run only.

Machine: ${os.cpus()[0]?.model}, ${os.cpus().length} cores, ${os.type()} ${os.release()}, Node ${process.version}, V8 ${process.versions.v8}, load ${os.loadavg()[0].toFixed(1)}.

| numbers | bytes each | parse | JSON.parse | ratio | print | JSON.stringify | ratio |
|---|---|---|---|---|---|---|---|
${results.map(line).join("\n")}

Targets: at most 22 ns to parse 17 digits and half of JSON.parse's time, at most 32 ns to print and a third of JSON.stringify's.
Gradients take longer to print: they alternate between plain and exponent form, which no branch predictor foresees, and a
version without that branch took 24 to 40 ns on every set. Whole and short numbers miss the ratios, not the nanoseconds:
Node is fast there already.
`;
console.log(report);
if (!quick) writeFileSync(new URL("CODEC.md", import.meta.url), report);
