// What is measured, and what of it is promised. A target is a number of times as fast as a peer: "at least", and the
// stretch. It names an entry, or a group, of which it means the fastest.

const jsonWires = ["json", "v2Json"];
const binaryWires = ["v2Binary", "raw"];
const idiomatic = "FastAPI + pydantic + PyTorch";
const echo = "node:http echo";

export const rows = [
  {
    title: "JSON, 1024×100, one core",
    batch: { rows: 1024, columns: 100, precision: "FP64" },
    wires: jsonWires,
    measure: "rate",
    cores: "one",
    targets: [
      { group: "Python", atLeast: 1.6, stretch: 2 },
      { entry: idiomatic, atLeast: 28, stretch: 35 },
      { entry: "axum + serde_json", atLeast: 1 },
      { entry: "axum + sonic-rs", stretch: 1 },
    ],
  },
  {
    title: "JSON, 32×10, one core",
    batch: { rows: 32, columns: 10, precision: "FP64" },
    wires: jsonWires,
    measure: "rate",
    cores: "one",
    targets: [
      { group: "Python", atLeast: 4, stretch: 6 },
      { entry: idiomatic, atLeast: 12 },
    ],
  },
  {
    title: "JSON, 4096×1000, two cores",
    batch: { rows: 4096, columns: 1000, precision: "FP64" },
    wires: jsonWires,
    measure: "latency",
    cores: "all",
    targets: [{ group: "Python", atLeast: 3, stretch: 5 }],
  },
  {
    title: "v2 binary FP32, 1024×100, one core",
    batch: { rows: 1024, columns: 100, precision: "FP32" },
    wires: binaryWires,
    measure: "rate",
    cores: "one",
    targets: [{ group: "Python", atLeast: 1.6, stretch: 2 }],
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
  },
];
