// What clients of the Open Inference Protocol send, each row one that another server has stumbled over: it is computed,
// and the numbers are right.
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Datatype } from "#lossd/json/datatypes.js";
import { type Service, startService } from "../../harness/service.js";
import { bytesOf, type Call, message, readReply } from "../../harness/v2.js";
import {
  headerOf,
  infer,
  knownLoss,
  labels,
  lengthHeader,
  logits,
  lossOf,
  read,
  send,
} from "../../harness/v2_client.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const binaryLogits = { ...logits, binary: true };
const binaryLabels = { ...labels, binary: true };
const weights = { name: "sample_weights", datatype: "FP64", shape: [1], data: [1] } as const;
const count = { mean_over: "count" };
const text = message({ inputs: [logits, labels] });
const raw = message({ inputs: [binaryLogits, binaryLabels] });
const octets = { "content-type": "application/octet-stream" };

test.each([
  { what: "JSON without a content type", ...text, headers: {} },
  { what: "JSON as octets", ...text, headers: octets },
  { what: "JSON as a form, curl's default", ...text, headers: { "content-type": "application/x-www-form-urlencoded" } },
  { what: "JSON as a media type that is none", ...text, headers: { "content-type": "tensors, please" } },
  { what: "JSON with a header as long as the body", ...text, headers: { [lengthHeader]: String(text.body.length) } },
  { what: "binary tensors without a content type", ...raw, headers: headerOf(raw) },
  { what: "binary tensors as octets", ...raw, headers: { ...headerOf(raw), ...octets } },
  { what: "binary tensors as JSON", ...raw, headers: { ...headerOf(raw), "content-type": "application/json" } },
  {
    what: "binary tensors whose length is in the media type",
    ...raw,
    headers: {
      "content-type": `application/vnd.sagemaker-triton.binary+json;json-header-size=${raw.jsonLength}`,
    },
  },
  {
    what: "gzip, the length being that of the JSON before",
    body: gzipSync(raw.body),
    headers: { ...headerOf(raw), "content-encoding": "gzip" },
  },
  {
    what: "deflate, which is zlib's",
    body: deflateSync(raw.body),
    headers: { ...headerOf(raw), "content-encoding": "deflate" },
  },
])("takes $what", async ({ body, headers }) => {
  const answer = await send(service, body, headers as Record<string, string>);
  expect(answer.status, answer.bytes.toString()).toBe(200);
  expect(lossOf(read(answer))).toBe(knownLoss);
});

test.each<{ what: string } & Call>([
  { what: "JSON before binary", inputs: [logits, binaryLabels] },
  { what: "binary before JSON", inputs: [binaryLogits, labels] },
  { what: "JSON between binary", inputs: [binaryLabels, logits, { ...weights, binary: true }], parameters: count },
  { what: "binary between JSON", inputs: [weights, binaryLogits, labels], parameters: count },
  { what: "nested data", inputs: [{ ...logits, data: [[2, 1, 0.1]] }, labels] },
  { what: "the members that the KServe SDK adds", inputs: [logits, labels], extra: { model_name: "m", id: "x" } },
  { what: "members that nobody knows", inputs: [logits, labels], extra: { tags: { a: [1, null] } } },
  { what: "an empty list of outputs", inputs: [logits, labels], outputs: [] },
  { what: "an option as a text", inputs: [logits, labels], parameters: { temperature: "1.0", ignore_index: "-7" } },
  { what: "a boolean option as a text", inputs: [logits, labels], parameters: { normalize_labels: "false" } },
  {
    what: "what Triton's clients add",
    inputs: [logits, labels],
    parameters: { sequence_id: 0, sequence_start: true, sequence_end: false, priority: 1, timeout: 9, triton_x: 1 },
  },
  {
    what: "what MLServer's codecs add",
    inputs: [{ ...logits, parameters: { content_type: "np" } }, labels],
    parameters: { content_type: "np", headers: { accept: "*/*", nested: { deeper: [] } } },
  },
])("takes $what", async ({ what: _what, ...call }) => {
  expect(lossOf(await infer(service, call))).toBe(knownLoss);
});

test("takes an input whose data stands before what it is", async () => {
  const turned = '{"data":[1],"shape":[1],"datatype":"INT64","name":"labels"}';
  const body = `{"inputs":[{"data":[[2,1,0.1]],"name":"logits","datatype":"FP64","shape":[1,3]},${turned}]}`;
  expect(lossOf(read(await send(service, body)))).toBe(knownLoss);
});

test.each(["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP32", "FP64", "BOOL"] as const)(
  "takes labels of %s, in JSON and in binary",
  async (datatype) => {
    const inJson = { ...labels, datatype, data: [datatype === "BOOL" ? true : 1] };
    expect(lossOf(await infer(service, { inputs: [logits, inJson] }))).toBe(knownLoss);
    expect(lossOf(await infer(service, { inputs: [logits, { ...inJson, binary: true }] }))).toBe(knownLoss);
  },
);

/** 2, 1 and ½ in each. */
const halves: [Datatype, number[]][] = [
  ["FP16", [0x4000, 0x3c00, 0x3800]],
  ["BF16", [0x4000, 0x3f80, 0x3f00]],
  ["FP32", [2, 1, 0.5]],
];

test.each(halves)("takes logits of %s in binary, and answers in FP32", async (datatype, data) => {
  const reply = await infer(service, { inputs: [{ ...logits, datatype, data, binary: true }, labels] });
  const exact = await infer(service, { inputs: [{ ...logits, data: [2, 1, 0.5] }, labels] });
  for (const [i, { datatype, data }] of reply.outputs.entries()) {
    expect(datatype).toBe("FP32");
    expect(data.map(Math.fround)).toEqual(exact.outputs[i]!.data.map(Math.fround));
  }
});

test.each([
  ["in JSON", false],
  ["in binary, as long as its header says the body is", true],
])("takes an empty batch %s", async (_how, binary) => {
  const inputs = [
    { ...logits, shape: [0, 3], data: [], binary },
    { ...labels, shape: [0], data: [], binary },
  ];
  const made = message({ inputs, parameters: { binary_data_output: binary } });
  expect(made.jsonLength).toBe(binary ? made.body.length : undefined);
  const { outputs, parameters } = await infer(service, { inputs, parameters: { binary_data_output: binary } });
  expect(outputs.map(({ name, shape, data }) => [name, shape, data])).toEqual([
    ["loss", [1], [0]],
    ["losses", [0], []],
    ["gradients", [0, 3], []],
  ]);
  expect(parameters["valid_count"]).toBe(0);
});

test.each([
  ["the bare token -Infinity", '{"inputs":[{"name":"logits","datatype":"FP64","shape":[3],"data":[2,-Infinity,1]}'],
  ['the text "-Infinity"', '{"inputs":[{"name":"logits","datatype":"FP64","shape":[3],"data":[2,"-Infinity",1]}'],
])("takes an infinite logit written as %s", async (_how, start) => {
  const body = `${start},{"name":"labels","datatype":"INT64","shape":[],"data":[0]}]}`;
  expect(lossOf(read(await send(service, body)))).toBe(Math.log1p(Math.exp(-1)));
});

test("takes an infinite logit in binary", async () => {
  const data = [2, Number.NEGATIVE_INFINITY, 1];
  const reply = await infer(service, {
    inputs: [
      { ...logits, data, binary: true },
      { ...labels, data: [0] },
    ],
  });
  expect(lossOf(reply)).toBe(Math.log1p(Math.exp(-1)));
});

test.each(["BOOL", "UINT8"] as const)("takes a mask of %s", async (datatype) => {
  const two = { ...logits, shape: [2, 3], data: [2, 1, 0.1, 9, 9, 9] };
  const mask = { name: "mask", datatype, shape: [2], data: datatype === "BOOL" ? [true, false] : [1, 0] };
  for (const binary of [false, true]) {
    const inputs = [two, { ...labels, shape: [2], data: [1, 0] }, { ...mask, binary }];
    const reply = await infer(service, { inputs });
    expect([lossOf(reply), reply.parameters["ignored_count"]]).toEqual([knownLoss, 1]);
  }
});

test("takes the length from the header where the media type has another one", async () => {
  const headers = { ...headerOf(raw), "content-type": "application/octet-stream;json-header-size=7" };
  const { status, bytes, headers: replied } = await send(service, raw.body, headers);
  expect(status).toBe(200);
  expect(replied.get(lengthHeader)).toBeNull();
  expect(lossOf(readReply(bytes))).toBe(knownLoss);
});

test("reads a blob wherever it lies", async () => {
  // An id of any length moves the blobs to any address.
  for (let length = 0; length < 8; length++) {
    const made = message({ id: "x".repeat(length), inputs: [binaryLabels, { ...binaryLogits }] });
    expect(made.body.subarray(made.jsonLength)).toEqual(
      Buffer.concat([bytesOf("INT64", [1]), bytesOf("FP64", logits.data)]),
    );
    expect(lossOf(read(await send(service, made.body, headerOf(made))))).toBe(knownLoss);
  }
});
