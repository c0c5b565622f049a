// One right request of every kind that the service answers: what is mutated, and what is asked between the mutants.
import { makeBatch as makeFloats } from "../http/batches.mjs";
import { makeRequest as makeWire } from "../http/wires.mjs";
import { crossEntropy, makeBatch } from "./bodies.mjs";

const json = "application/json";
const lines = "application/x-ndjson";
const logits = [
  [2, 1, 0.1],
  [0.5, 2.5, -1],
];
const labels = [1, 0];
const options = { sample_weights: [1, 2], mean_over: "weights", mask: [true, false], class_weights: [1, 2, 3] };
const outputs = ["losses", "gradients", "decomposition", "probabilities", "accuracy"];
const task = {
  loss: "cross_entropy",
  cases: [
    { id: "base", logits: [[2, 1, 0.1]], labels: [1] },
    { id: "drawn", generate: { seed: 7 }, visibility: "hidden" },
  ],
  parts: [
    { output: "loss", points: 4 },
    { output: "gradients", points: 6 },
  ],
};
const claims = [{ case: "base", loss: 1.4170300162778335, gradients: [[0.659, -0.7575, 0.0986]] }];

const text = (value) => Buffer.from(JSON.stringify(value));
const ndjson = (...values) => Buffer.concat(values.flatMap((value) => [text(value), Buffer.from("\n")]));
const post = (path, body, type = json, headers = {}) => ({ method: "POST", path, type, headers, body });
const get = (path) => ({ method: "GET", path, headers: {}, body: Buffer.alloc(0) });

function binary() {
  const { headers, body } = makeWire("v2Binary", makeFloats({ rows: 20, columns: 3, precision: "FP32" }));
  const { "content-type": type, ...rest } = headers;
  return post("/v2/models/cross_entropy/infer", body, type, rest);
}

function base64() {
  const floats = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i) * 5);
  const b64 = Buffer.from(floats.buffer).toString("base64");
  const body = {
    logits: { datatype: "FP32", shape: [20, 3], b64 },
    labels: Array.from({ length: 20 }, (_, i) => i % 3),
  };
  return post(crossEntropy, text({ ...body, encoding: "b64" }));
}

const v2 = {
  id: "a",
  inputs: [
    { name: "logits", datatype: "FP64", shape: [2, 3], data: logits.flat() },
    { name: "labels", datatype: "INT64", shape: [2], data: labels },
  ],
  outputs: [{ name: "loss" }, { name: "gradients" }],
  parameters: { reduction: "mean" },
};

/** Each a method, a path, a media type, headers and a body; a GET has only its path. */
export const knownGood = [
  post(crossEntropy, text({ logits, labels, ...options, temperature: 2 })),
  post(crossEntropy, makeBatch(40, 20, { outputs })),
  base64(),
  post("/v1/losses/mse", text({ logits: [1, 2, 3.5], labels: [1, 2, 3], preset: "pytorch" })),
  post("/v1/losses/kl_divergence", text({ logits: [[1, 2, 3]], label_logits: [[1, 1, 1]], temperature: 2 })),
  post("/v2/models/cross_entropy/infer", text(v2)),
  binary(),
  post(
    `${crossEntropy}?reduction=sum`,
    ndjson({ id: 1, logits, labels }, { logits, labels: [9, 0] }, { logits, labels }),
    lines,
  ),
  post("/v1/grade", text({ task, submission: { id: "s-42", claims } })),
  post("/v1/grade/batch", ndjson({ task }, { id: "s-1", claims }), lines),
  post(`${crossEntropy}/check`, text({ logits, labels, claim: { loss: 1.2, gradients: logits } })),
  post("/v1/cases", text({ task })),
  get("/v1/losses/focal/curve?from=-4&to=4&gamma=5&label=1&points=20"),
  get("/v1/losses/cross_entropy/curve?logits=2,1,0.1&class=0&label=0.1,0.8,0.1&points=10"),
];
