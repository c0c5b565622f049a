// Requests that are cut over workers, seen from outside: the reply, right or wrong, is the one that a single worker gives.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { split } from "#lossd/service/formats.js";
import { post, type Service, startService } from "../harness/service.js";
import { type Call, type Input, message } from "../harness/v2.js";

let whole: Service;
let cut: Service;
beforeAll(async () => {
  const env = { ELEMENTS_MAX: "2000", INLINE_ELEMENTS_MAX: "0" };
  [whole, cut] = await Promise.all([
    startService({ ...env, WORKERS: "1" }),
    startService({ ...env, WORKERS: "2", CUT_BYTES_MIN: "1024" }),
  ]);
});
afterAll(async () => {
  await Promise.all([whole.stop(), cut.stop()]);
});

const logits = Array.from({ length: 90 }, (_, row) => [row / 7, -row / 3, 0.1]);
const labels = logits.map((_, row) => row % 3);
const right = { logits, labels };
const text = (request: object) => JSON.stringify(request);
/** Rows of three steps with as many classes each, and as many rows as classes. */
const steps = labels.map((label, i) => logits.slice(0, 3).map((row) => row.map((z) => z * (i + label))));
const square = labels.slice(0, 40).map((_, i) => labels.slice(0, 40).map((label, j) => Math.sin(i * label + j)));
const lastRow = (row: unknown) => text({ logits: logits.with(-1, row as number[]), labels });

test.each<[string, string]>([
  ["right", text(right)],
  ["without its gradients", text({ ...right, outputs: ["losses"] })],
  ["flat", text({ ...right, encoding: "flat" })],
  ["with its classes on axis 1", text({ logits: steps, labels: steps.map(() => [0, 2, 1]), preset: "pytorch" })],
  ["with its classes on the first axis", text({ logits: square, labels: labels.slice(0, 40), class_axis: 0 })],
  [
    "with NaN of the last part, its classes on axis 1",
    text({ logits: steps.with(-1, [["NaN"]] as never), labels, class_axis: 1 }),
  ],
  [
    "with a mask and weights of everything",
    text({
      ...right,
      mask: labels.map((label) => label < 2),
      sample_weights: labels,
      class_weights: [1, 2, 3],
      class_mask: [true, true, true],
      mean_over: "weights",
    }),
  ],
  ["with infinities as words", lastRow([1, "-Infinity", 2])],
  ["with words as nothing else", lastRow([1, "Infinity", 2])],
  ["with a text in a row of the last part", lastRow([1, "],[", 2])],
  ["ragged in the last part", lastRow([1, 2])],
  [
    "ragged from the second part on",
    text({ logits: logits.map((row, i) => (i < 45 ? row : row.slice(1))), labels: labels.map(() => 0) }),
  ],
  ["deeper in the last part", lastRow([[1, 2, 3]])],
  ["with null in the last part", lastRow([1, null, 2])],
  ["with a class that is not there, in the last part", text({ logits, labels: labels.with(-1, 3) })],
  ["with faults in both parts", text({ logits, labels: labels.with(0, 7).with(-1, 8) })],
  ["with a label too few", text({ logits, labels: labels.slice(1) })],
  ["with no label", text({ logits })],
  ["with an option of another loss", text({ ...right, gamma: 2 })],
  [
    "with an infinite loss that must be none",
    text({
      logits: logits.with(-1, [1, 2, -1e300]).with(-2, [0, "-Infinity" as never, 0]),
      labels: labels.with(-2, 1),
      nonfinite: "error",
    }),
  ],
  [
    "with every example masked, and an error for that",
    text({ ...right, mask: labels.map(() => false), on_empty: "error" }),
  ],
  [
    "with more than ELEMENTS_MAX numbers in all",
    text({ logits: [...logits, ...logits, ...logits, ...logits, ...logits, ...logits, ...logits], labels }),
  ],
  ["with a number beyond the doubles", text(right).replace("0.1],[0.28", "1e999],[0.28")],
  ["with a comma too many at the end", text(right).replace("]],", "],],")],
  ["that breaks off", text(right).slice(0, -1)],
  ["with something behind", `${text(right)} x`],
  ["with a key twice", text(right).replace(/}$/, ',"labels":[1]}')],
  ["with a byte that is no UTF-8", text(right).replace("labels", "labe\u0080s")],
  ["that is a list", `[${text(right)}]`],
])("a request %s", async (_what, body) => {
  const bytes = Buffer.from(body, "latin1");
  const replies = await Promise.all(
    [whole, cut].map(async (service) => {
      const response = await post(service, "cross_entropy", bytes, { "x-request-id": "same" });
      return { status: response.status, length: response.headers.get("content-length"), text: await response.text() };
    }),
  );
  expect(replies[1]).toEqual(replies[0]);
  expect(replies[0]!.length).toBe(String(Buffer.byteLength(replies[0]!.text)));
});

const inputs: readonly Input[] = [
  { name: "logits", datatype: "FP32", shape: [90, 3], data: logits.flat(), binary: true },
  { name: "labels", datatype: "INT32", shape: [90], data: labels, binary: true },
];
const [binaryLogits, binaryLabels] = inputs as [Input, Input];
const allBinary = { binary_data_output: true };

function ofSquare(parameters: object): Call {
  const data = square.flatMap((row) => row.slice(0, 20));
  return {
    inputs: [
      { name: "logits", datatype: "FP64", shape: [28, 28], data: data.slice(0, 28 * 28), binary: true },
      { name: "labels", datatype: "INT32", shape: [28], data: labels.slice(0, 28), binary: true },
    ],
    parameters: { ...allBinary, ...parameters },
  };
}

test.each<[string, Call]>([
  ["right", { inputs, parameters: allBinary }],
  ["with its inputs the other way round", { inputs: inputs.toReversed(), parameters: allBinary, id: "é" }],
  ["with its classes on the first axis", ofSquare({ class_axis: 0 })],
  ["with its classes on the last axis", ofSquare({})],
  ["with its loss in JSON", { inputs, outputs: [{ name: "gradients" }, noBinary("loss")], parameters: allBinary }],
  ["with its losses in JSON", { inputs, outputs: [{ name: "gradients" }, noBinary("losses")], parameters: allBinary }],
  ["with its labels in JSON", { inputs: [binaryLogits, { ...binaryLabels, binary: false }], parameters: allBinary }],
  ["with a label that is not there, in the last part", withLabels(labels.with(-1, 3))],
  ["with labels of other rows", { inputs: [binaryLogits, { ...binaryLabels, shape: [45], data: labels.slice(45) }] }],
  [
    "with NaN in the last part",
    { inputs: [{ ...binaryLogits, data: logits.flat().with(-1, Number.NaN) }, binaryLabels] },
  ],
  [
    "of a single row",
    {
      inputs: [
        { ...binaryLogits, shape: [270] },
        { ...binaryLabels, shape: [], data: [0] },
      ],
    },
  ],
])("a request of binary tensors %s", async (_what, call) => {
  const { body, jsonLength } = message({ ...call, extra: { padding: " ".repeat(1024) } });
  const headers = { "x-request-id": "same", "inference-header-content-length": String(jsonLength) };
  const replies = await Promise.all(
    [whole, cut].map(async ({ url }) => {
      const response = await fetch(`${url}/v2/models/cross_entropy/infer`, { method: "POST", headers, body });
      const lengths = ["content-length", "inference-header-content-length"].map((name) => response.headers.get(name));
      return { status: response.status, lengths, bytes: Buffer.from(await response.arrayBuffer()) };
    }),
  );
  expect(replies[1]).toEqual(replies[0]);
});

function noBinary(name: string) {
  return { name, parameters: { binary_data: false } };
}

function withLabels(data: readonly number[]): Call {
  return { inputs: [binaryLogits, { ...binaryLabels, data }], parameters: allBinary };
}

describe("a request is cut", () => {
  const job = (bytes: number) => ({
    format: "json" as const,
    loss: "mse",
    body: new Uint8Array(bytes),
    elementsMax: 1,
  });
  test.each([
    { bytes: 1023, workers: 8, parts: undefined },
    { bytes: 1024, workers: 8, parts: 2 },
    { bytes: 1535, workers: 8, parts: 2 },
    { bytes: 1536, workers: 8, parts: 3 },
    { bytes: 1e6, workers: 8, parts: 8 },
    { bytes: 1e6, workers: 1, parts: undefined },
  ])(
    "of $bytes bytes over $workers idle workers with CUT_BYTES_MIN=1024 into $parts parts",
    ({ bytes, workers, parts }) => {
      expect(split(job(bytes), workers, 1024)?.length).toBe(parts);
    },
  );

  test("never if it is a curve", () => {
    expect(split({ ...job(1e6), format: "curve" }, 8, 1024)).toBeUndefined();
  });

  test("of v2 only if it has binary tensors", () => {
    expect(split({ ...job(1e6), format: "v2" }, 8, 1024)).toBeUndefined();
    expect(split({ ...job(1e6), format: "v2", jsonLength: 9 }, 8, 1024)).toHaveLength(8);
  });
});

test("a reply in several pieces ends its connection's exchange, and the next request is answered on it", async () => {
  for (let i = 0; i < 3; i++) expect((await post(cut, "cross_entropy", text(right))).status).toBe(200);
});
