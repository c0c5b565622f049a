// What is measured, and what of it is promised. A target is a number of times as fast as a peer: "at least", and the
// stretch. It names an entry, or a group, of which it means the fastest. `where` says where the time goes, for a reader of
// a row that misses a target.

const jsonWires = ["json", "v2Json"];
const binaryWires = ["v2Binary", "raw"];
const idiomatic = "FastAPI + pydantic + PyTorch";
const echo = "node:http echo";
const fastify = "Fastify echo";

/** The small request, whose time is that of the way through the service; over 4 connections it is woken up more often. */
const small = {
  batch: { rows: 32, columns: 10, precision: "FP64" },
  wires: jsonWires,
  measure: "rate",
  cores: "one",
  targets: [
    { group: "Python", atLeast: 4, stretch: 6 },
    { entry: idiomatic, atLeast: 12 },
    { entry: "axum + serde_json", atLeast: 0.8, stretch: 0.95 },
    { entry: fastify, atLeast: 0.36 },
  ],
  where:
    "A quarter of the core's time is a bare Fastify echo, a fifth reading, computing and printing, and a tenth waking up " +
    "the client's core; the rest are limits, headers, ids and the log line, each a microsecond or a few.",
};

export const rows = [
  {
    title: "JSON, 1024×100, one core",
    batch: { rows: 1024, columns: 100, precision: "FP64" },
    wires: jsonWires,
    measure: "rate",
    cores: "one",
    targets: [
      { group: "Python", atLeast: 1.9, stretch: 2.3 },
      { entry: idiomatic, atLeast: 28, stretch: 35 },
      { entry: "axum + serde_json", atLeast: 1 },
      { entry: "axum + sonic-rs", atLeast: 1 },
    ],
    where:
      "On one core parsing, computing and printing add up with the way through Node, which for an echo of the same bytes is a " +
      "quarter of the time. Text is most of the rest, at the codec's speed (CODEC.md), and printing in a service whose bodies " +
      "and replies push one another out of the cache takes a third longer than alone.",
  },
  { title: "JSON, 32×10, one core, 4 connections", connections: 4, ...small },
  { title: "JSON, 32×10, one core, 16 connections", connections: 16, ...small },
  {
    title: "JSON, 4096×1000, two cores",
    batch: { rows: 4096, columns: 1000, precision: "FP64" },
    wires: jsonWires,
    measure: "latency",
    cores: "all",
    targets: [{ group: "Python", atLeast: 3, stretch: 5 }],
    where:
      "Parsing begins when the body is there. While it arrives and while the reply leaves, which is what an echo takes, the " +
      "workers wait.",
  },
  {
    title: "v2 binary FP32, 1024×100, one core",
    batch: { rows: 1024, columns: 100, precision: "FP32" },
    wires: binaryWires,
    measure: "rate",
    cores: "one",
    targets: [{ group: "Python", atLeast: 1.2, stretch: 1.6 }],
    where:
      "1.2 times the peer is more than Node's bare HTTP does for an echo of the same bytes. Of about 1 ms of the core the " +
      "kernel takes 0.25, Node and Fastify 0.2, the engine 0.34 with float64 inside, the hop to the worker and back 0.1.",
  },
  {
    title: "v2 binary FP32, 512×50257, two cores",
    batch: { rows: 512, columns: 50257, precision: "FP32" },
    wires: binaryWires,
    measure: "latency",
    cores: "all",
    targets: [
      { group: "Python", atLeast: 2.5, stretch: 4 },
      { entry: echo, atLeast: 1 / 2, stretch: 1 / 1.3 },
    ],
    where:
      "Parsing begins when the body is there. While it arrives and while the reply leaves, which is most of the time, the " +
      "workers wait.",
  },
];
