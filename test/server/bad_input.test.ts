// What a caller can get wrong, as data: each row is refused with its status, code and pointer, and the next request is
// answered.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProblemCode, problems } from "#lossd/problems.js";
import { isWell, type ProblemReply, post, type Service, startService } from "../harness/service.js";

const bodyBytesMax = 65_536;
let service: Service;

beforeAll(async () => {
  service = await startService({ BODY_BYTES_MAX: String(bodyBytesMax), ELEMENTS_MAX: "1000" });
});
afterAll(() => service.stop());

interface Row {
  readonly fault: string;
  readonly loss?: string;
  readonly body: string | Uint8Array;
  readonly code: ProblemCode;
  readonly pointer?: string;
}

const nested = (depth: number) => `{"logits":${"[".repeat(depth)}1${"]".repeat(depth)},"labels":[1]}`;
const invalidUtf8 = Buffer.concat([Buffer.from('{"logits":[1],"labels":[1],"x'), Buffer.of(0xff), Buffer.from('":1}')]);
const thousandOne = JSON.stringify({ logits: Array(501).fill(1), labels: Array(501).fill(1) });

const rows: readonly Row[] = [
  { fault: "text that is not JSON", body: "logits", code: "invalid_json" },
  { fault: "an empty body", body: "", code: "invalid_json" },
  { fault: "a body that ends early", body: '{"logits":[1', code: "invalid_json" },
  { fault: "something after the body", body: '{"logits":[1],"labels":[1]} x', code: "invalid_json" },
  { fault: "the token NaN", body: '{"logits":[NaN],"labels":[1]}', code: "invalid_json" },
  { fault: "the number 1e999", body: '{"logits":[1e999],"labels":[1]}', code: "invalid_json" },
  { fault: "a comma too many", body: '{"logits":[1,],"labels":[1]}', code: "invalid_json" },
  { fault: "a duplicate key", body: '{"logits":[1],"logits":[2],"labels":[1]}', code: "duplicate_key" },
  { fault: "nesting 10,000 deep", body: nested(10_000), code: "too_deep" },
  { fault: "invalid UTF-8", body: invalidUtf8, code: "invalid_utf8" },
  { fault: "one byte over BODY_BYTES_MAX", body: " ".repeat(bodyBytesMax + 1), code: "body_too_large" },
  { fault: "more numbers than ELEMENTS_MAX", body: thousandOne, code: "too_many_elements" },
  { fault: "an unknown loss", loss: "mean_error", body: "{}", code: "unknown_loss" },
  { fault: "an array instead of an object", body: "[1]", code: "invalid_request", pointer: "" },
  {
    fault: "an unknown field",
    body: '{"logits":[1],"labels":[1],"reductoin":"sum"}',
    code: "invalid_request",
    pointer: "/reductoin",
  },
  {
    fault: "an option of another loss",
    body: '{"logits":[1],"labels":[1],"gamma":2}',
    code: "invalid_request",
    pointer: "/gamma",
  },
  {
    fault: "__proto__",
    body: '{"logits":[1],"labels":[1],"__proto__":{}}',
    code: "invalid_request",
    pointer: "/__proto__",
  },
  {
    fault: "an option of lines in the query",
    loss: "mse?scale=2",
    body: '{"logits":[1],"labels":[1]}',
    code: "invalid_request",
    pointer: "/scale",
  },
  {
    fault: "an unknown query",
    loss: "mse?reductoin=sum",
    body: '{"logits":[1],"labels":[1]}',
    code: "invalid_request",
    pointer: "/reductoin",
  },
  { fault: "missing logits", body: '{"labels":[1]}', code: "invalid_request", pointer: "/logits" },
  { fault: "missing labels", body: '{"logits":[1]}', code: "invalid_request", pointer: "/labels" },
  {
    fault: "ragged rows",
    loss: "cross_entropy",
    body: '{"logits":[[1,2],[1]],"labels":[0,1]}',
    code: "invalid_request",
    pointer: "/logits/1",
  },
  {
    fault: "labels of another length",
    body: '{"logits":[1,2],"labels":[1]}',
    code: "invalid_request",
    pointer: "/labels",
  },
  {
    fault: "class index 3 of 3",
    loss: "cross_entropy",
    body: '{"logits":[[2.0,1.0,0.1]],"labels":[3]}',
    code: "invalid_request",
    pointer: "/labels/0",
  },
  {
    fault: "label 0.5 for focal",
    loss: "focal",
    body: '{"logits":[1],"labels":[0.5]}',
    code: "invalid_request",
    pointer: "/labels/0",
  },
  {
    fault: "a soft label for a loss of one class",
    loss: "multi_margin",
    body: '{"logits":[[1,2],[1,2]],"labels":[[0,1],[0.5,0.5]]}',
    code: "invalid_request",
    pointer: "/labels/1",
  },
  {
    fault: "class indices for a divergence",
    loss: "kl_divergence",
    body: '{"logits":[[1,2]],"labels":[1]}',
    code: "invalid_request",
    pointer: "/labels",
  },
  {
    fault: "labels and label_logits",
    loss: "jensen_shannon",
    body: '{"logits":[[1,2]],"labels":[[0,1]],"label_logits":[[1,2]]}',
    code: "invalid_request",
    pointer: "/label_logits",
  },
  {
    fault: "a teacher's logit of Infinity",
    loss: "reverse_kl",
    body: '{"logits":[[1,2]],"label_logits":[[1,"Infinity"]]}',
    code: "invalid_request",
    pointer: "/label_logits/0/1",
  },
  {
    fault: "label_logits for a loss without a teacher",
    loss: "cross_entropy",
    body: '{"logits":[[1,2]],"label_logits":[[1,2]]}',
    code: "invalid_request",
    pointer: "/label_logits",
  },
  {
    fault: "beta 1",
    loss: "jensen_shannon",
    body: '{"logits":[[1,2]],"labels":[[0,1]],"beta":1}',
    code: "invalid_request",
    pointer: "/beta",
  },
  {
    fault: "an alpha of two numbers for three classes",
    loss: "softmax_focal",
    body: '{"logits":[[1,2,3]],"labels":[1],"alpha":[1,2]}',
    code: "invalid_request",
    pointer: "/alpha",
  },
  {
    fault: "label 2 for hinge",
    loss: "hinge",
    body: '{"logits":[1],"labels":[2]}',
    code: "invalid_request",
    pointer: "/labels/0",
  },
  {
    fault: "a distribution that sums to 0.9",
    loss: "cross_entropy",
    body: '{"logits":[[1,2]],"labels":[[0.5,0.4]]}',
    code: "invalid_request",
    pointer: "/labels/0",
  },
  {
    fault: "a negative weight",
    body: '{"logits":[1],"labels":[1],"sample_weights":[-1],"mean_over":"count"}',
    code: "invalid_request",
    pointer: "/sample_weights/0",
  },
  {
    fault: "weights with a mean and no mean_over",
    body: '{"logits":[1],"labels":[1],"sample_weights":[1]}',
    code: "invalid_request",
    pointer: "/mean_over",
  },
  {
    fault: "gamma -1",
    loss: "focal",
    body: '{"logits":[1],"labels":[1],"gamma":-1}',
    code: "invalid_request",
    pointer: "/gamma",
  },
  { fault: 'the string "2"', body: '{"logits":["2"],"labels":[1]}', code: "invalid_request", pointer: "/logits/0" },
  { fault: "null for a number", body: '{"logits":[null],"labels":[1]}', code: "invalid_request", pointer: "/logits/0" },
  { fault: "null for a tensor", body: '{"logits":null,"labels":[1]}', code: "invalid_request", pointer: "/logits" },
  {
    fault: "null for an option",
    body: '{"logits":[1],"labels":[1],"reduction":null}',
    code: "invalid_request",
    pointer: "/reduction",
  },
];

test.each(rows)("refuses $fault as $code and goes on", async ({ loss = "mse", body, code, pointer }) => {
  const response = await post(service, loss, body);
  const problem = (await response.json()) as ProblemReply;
  expect(problem).toMatchObject({ code, status: problems[code].status, title: problems[code].title });
  expect(response.status).toBe(problem.status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(problem.detail.length).toBeGreaterThan(0);
  if (pointer !== undefined) expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  expect(await isWell(service)).toBe(true);
});

test("names the byte at which a text is no JSON any more", async () => {
  const response = await post(service, "mse", '{"logits":[1,,2]}');
  expect(((await response.json()) as ProblemReply).detail).toMatch(/\b13\b/);
});

test("lists at most ten faults", async () => {
  const unknown = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`field${index}`, 1]));
  const response = await post(service, "mse", JSON.stringify({ logits: [1], labels: [1], ...unknown }));
  expect(((await response.json()) as ProblemReply).errors).toHaveLength(10);
});

test("lists the valid names for an unknown loss, by GET as by POST", async () => {
  for (const response of [await post(service, "l2", "{}"), await fetch(`${service.url}/v1/losses/l2`)]) {
    const problem = (await response.json()) as ProblemReply;
    expect(problem.code).toBe("unknown_loss");
    expect(problem.detail).toContain("binary_cross_entropy, cross_entropy");
  }
});

test.each([
  ["elementwise", "binary_cross_entropy", '{"logits":[],"labels":[]}'],
  ["rowwise", "cross_entropy", '{"logits":[],"labels":[]}'],
])("answers an empty batch, %s, with loss 0 over 0 examples", async (_kind, loss, body) => {
  const response = await post(service, loss, body);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ loss: 0, denominator: 0, valid_count: 0 });
});

test("takes a body of exactly BODY_BYTES_MAX bytes", async () => {
  const body = '{"logits":[1],"labels":[3]}';
  const response = await post(service, "mse", body + " ".repeat(bodyBytesMax - body.length));
  expect(response.status).toBe(200);
});

test("under the least limits the service starts, and says what it refuses", async () => {
  const bytes = { BODY_BYTES_MAX: "1024", QUEUE_BYTES_MAX: "1024", STREAM_BUFFER_BYTES_MAX: "1024" };
  const tiny = await startService({ ELEMENTS_MAX: "1", ...bytes });
  const response = await post(tiny, "mse", '{"logits":[1],"labels":[3]}');
  expect(((await response.json()) as ProblemReply).detail).toContain("ELEMENTS_MAX");
  await tiny.stop();
});
