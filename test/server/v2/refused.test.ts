// What a call of the Open Inference Protocol can get wrong: a 400, or a 413, that says what and where, and the next one is
// answered.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../../harness/service.js";
import { type Call, message } from "../../harness/v2.js";
import { errorOf, headerOf, isRefused, labels, logits, send } from "../../harness/v2_client.js";

let service: Service;

beforeAll(async () => {
  service = await startService({ ELEMENTS_MAX: "1000" });
});
afterAll(() => service.stop());

const halves = { ...logits, datatype: "FP16", data: [2, 1, 0.5] } as const;
const huge = [2 ** 31, 2 ** 31];

const calls: readonly ({ what: string; says: RegExp; status?: number } & Call)[] = [
  { what: "no inputs", inputs: [], says: /\/logits: is missing.*\/labels: is missing/ },
  {
    what: "an unknown input",
    inputs: [{ ...logits, name: "logitz" }, labels],
    says: /"logitz".*logits, probabilities/,
  },
  { what: "an input that is there twice", inputs: [logits, logits, labels], says: /\/inputs\/1\/name.*twice/ },
  {
    what: "both logits and probabilities",
    inputs: [logits, { ...logits, name: "probabilities" }, labels],
    says: /both/,
  },
  { what: "FP16 in JSON", inputs: [halves, labels], says: /\/inputs\/0\/datatype: is FP16.*binary/ },
  { what: "BF16 in JSON", inputs: [{ ...halves, datatype: "BF16" }, labels], says: /is BF16.*binary/ },
  { what: "logits that are booleans", inputs: [{ ...logits, datatype: "BOOL" }, labels], says: /"BOOL".*FP64/ },
  {
    what: "data and a blob",
    inputs: [{ ...logits, parameters: { binary_data_size: 24 } }, labels],
    says: /\/inputs\/0: has both data and the parameter binary_data_size/,
  },
  {
    what: "shared memory",
    inputs: [{ ...logits, parameters: { shared_memory_region: "r" } }, labels],
    says: /"shared_memory_region", which is not served/,
  },
  {
    what: "INT64 2⁵³ in JSON",
    inputs: [logits, { ...labels, data: [2 ** 53] }],
    says: /\/labels\/0: is 9007199254740992/,
  },
  {
    what: "INT64 2⁵³ in binary",
    inputs: [logits, { ...labels, data: [2 ** 53], binary: true }],
    says: /\/labels\/0: is 9007199254740992/,
  },
  {
    what: "UINT64 2⁶³ in binary",
    inputs: [logits, { ...labels, datatype: "UINT64", data: [2 ** 63], binary: true }],
    says: /\/labels\/0: is 9223372036854775808|\/labels\/0: is 9223372036854776000/,
  },
  {
    what: "class −1",
    inputs: [logits, { ...labels, data: [-1], binary: true }],
    says: /class index -1 is outside 0…2/,
  },
  { what: "class C", inputs: [logits, { ...labels, data: [3] }], says: /class index 3 is outside 0…2/ },
  { what: "half a class", inputs: [logits, { ...labels, data: [0.5] }], says: /\/labels\/0: is 0.5.*whole/ },
  { what: "256 as UINT8", inputs: [logits, { ...labels, datatype: "UINT8", data: [256] }], says: /\[0, 255\]/ },
  { what: "1e39 as FP32", inputs: [{ ...logits, datatype: "FP32", data: [1e39, 1, 2] }, labels], says: /largest FP32/ },
  {
    what: "the bare token NaN",
    inputs: [{ ...logits, data: [Number.NaN, 1, 2] }, labels],
    says: /logits\/0\/0: is NaN/,
  },
  { what: 'the text "NaN"', inputs: [{ ...logits, data: ["NaN", 1, 2] }, labels], says: /logits\/0\/0: is NaN/ },
  {
    what: "NaN in binary",
    inputs: [{ ...logits, data: [Number.NaN, 1, 2], binary: true }, labels],
    says: /logits\/0\/0: is NaN/,
  },
  { what: "Infinity", inputs: [{ ...logits, data: [1, "Infinity", 2] }, labels], says: /logits\/0\/1: is Infinity/ },
  { what: "null", inputs: [{ ...logits, data: [2, null, 1] }, labels], says: /null at byte \d+ is no number.*binary/ },
  { what: "a text", inputs: [{ ...logits, data: [2, "1", 1] }, labels], says: /logits\/1: is the string "1"/ },
  {
    what: "ragged data",
    inputs: [{ ...logits, shape: [2, 2], data: [[1, 2], [3]] }, labels],
    says: /logits\/1: has length 1, .*, at byte 76$/,
  },
  {
    what: "data of another nesting",
    inputs: [{ ...logits, shape: [1, 3], data: [[1], [2], [3]] }, labels],
    says: /logits: has data of shape \[3, 1\], but its shape says shape \[1, 3\]/,
  },
  {
    what: "a number too few",
    inputs: [{ ...logits, data: [1, 2] }, labels],
    says: /data of shape \[2\], but its shape says shape \[1, 3\]/,
  },
  {
    what: "a blob that does not fit its shape",
    inputs: [{ ...logits, shape: [2, 3], binary: true }, labels],
    says: /binary_data_size: is 24, but FP64 of shape \[2, 3\] has 48 bytes/,
  },
  { what: "a dimension of −1", inputs: [{ ...logits, shape: [-1, 3] }, labels], says: /0\/shape: is \[-1, 3\]/ },
  { what: "a dimension of 1.5", inputs: [{ ...logits, shape: [1.5, 2] }, labels], says: /0\/shape: is \[1.5, 2\]/ },
  {
    what: "a shape beyond the integers",
    inputs: [{ ...logits, shape: huge }, labels],
    status: 413,
    says: /ELEMENTS_MAX/,
  },
  {
    what: "an empty shape as large",
    inputs: [{ ...logits, shape: [0, ...huge] }, labels],
    status: 413,
    says: /ELEMENTS_MAX/,
  },
  {
    what: "more numbers than ELEMENTS_MAX",
    inputs: [{ ...logits, shape: [1001], data: Array(1001).fill(1) }, labels],
    status: 413,
    says: /ELEMENTS_MAX/,
  },
  {
    what: "more numbers than ELEMENTS_MAX in all",
    inputs: [
      { ...logits, shape: [600, 1], data: Array(600).fill(1), binary: true },
      { ...labels, shape: [600], data: Array(600).fill(0), binary: true },
    ],
    status: 413,
    says: /1200 numbers.*ELEMENTS_MAX = 1000/,
  },
  {
    what: "a mask byte of 2",
    inputs: [logits, labels, { name: "mask", datatype: "BOOL", shape: [1], data: [2], binary: true }],
    says: /\/mask\/0: is the byte 2/,
  },
  {
    what: "a mask of numbers",
    inputs: [logits, labels, { name: "mask", datatype: "BOOL", shape: [1], data: [1] }],
    says: /\/mask\/0: is 1, but must be true or false/,
  },
  {
    what: "a mask of FP32",
    inputs: [logits, labels, { name: "mask", datatype: "FP32", shape: [1], data: [1] }],
    says: /mask may be BOOL, UINT8/,
  },
  { what: "an unknown output", inputs: [logits, labels], outputs: ["lossses"], says: /"lossses".*losses, gradients/ },
  {
    what: "an output of another loss",
    inputs: [logits, labels],
    outputs: ["kl"],
    says: /cross_entropy.*kl_divergence/,
  },
  { what: "an output that is there twice", inputs: [logits, labels], outputs: ["losses", "losses"], says: /twice/ },
  {
    what: "a loss that a preset does not reduce",
    inputs: [logits, labels],
    outputs: ["losses", "loss"],
    parameters: { preset: "optax" },
    says: /\/outputs\/1\/name: is "loss".*"none"/,
  },
  {
    what: "a loss that is not reduced",
    inputs: [logits, labels],
    outputs: ["loss"],
    parameters: { reduction: "none" },
    says: /\/outputs\/0\/name: is "loss".*"none"/,
  },
  {
    what: "a classification, which is no loss",
    inputs: [logits, labels],
    outputs: [{ name: "losses", parameters: { classification: 3 } }],
    says: /\/outputs\/0\/parameters: has "classification"/,
  },
  {
    what: "an output that is binary, perhaps",
    inputs: [logits, labels],
    outputs: [{ name: "losses", parameters: { binary_data: "yes" } }],
    says: /binary_data: is the string "yes"/,
  },
  {
    what: "binary outputs, perhaps",
    inputs: [logits, labels],
    parameters: { binary_data_output: 1 },
    says: /binary_data_output: is 1/,
  },
  {
    what: "an unknown parameter",
    inputs: [logits, labels],
    parameters: { tau: 2 },
    says: /\/parameters\/tau: .*reduction, mean_over.*temperature/,
  },
  {
    what: "outputs as a parameter",
    inputs: [logits, labels],
    parameters: { outputs: "losses" },
    says: /\/parameters\/outputs/,
  },
  {
    what: "a parameter out of its bound",
    inputs: [logits, labels],
    parameters: { temperature: "0" },
    says: /temperature: is 0, but must be a number, above 0/,
  },
  {
    what: "a parameter that is no number",
    inputs: [logits, labels],
    parameters: { temperature: "warm" },
    says: /is the string "warm"/,
  },
  {
    what: "an id that is a number",
    inputs: [logits, labels],
    extra: { id: 7 },
    says: /\/id: is 7, but must be a string/,
  },
  {
    what: "a member that an input does not have",
    inputs: [{ ...logits, ...{ dtype: "FP64" } }, labels],
    says: /has the member.*"dtype"/,
  },
];

test.each(calls)("refuses $what", async ({ what, says, status, ...call }) => {
  const made = message(call);
  await isRefused(service, { what, says, ...(status && { status }), body: made.body, headers: headerOf(made) });
});

test.each([
  ["inputs that are no list", '{"inputs":{}}', /\/inputs: is an object, but must be an array/],
  ["an input that is no object", '{"inputs":[1]}', /\/inputs\/0: is 1, but must be an object/],
  ["parameters that are no object", '{"parameters":[1]}', /\/parameters: is \[1\], but must be an object/],
  ["BYTES", '{"inputs":[{"name":"logits","datatype":"BYTES","shape":[1],"data":["a"]}]}', /"BYTES", but logits may be/],
  ["an input without data", '{"inputs":[{"name":"logits","datatype":"FP64","shape":[1]}]}', /neither data nor/],
  ["an input without a shape", '{"inputs":[{"name":"logits","datatype":"FP64","data":[1]}]}', /shape: is missing/],
  ["1e999", '{"inputs":[{"name":"logits","datatype":"FP64","shape":[1],"data":[1e999]}]}', /1e999 at byte \d+/],
  ["the token Infinit", '{"inputs":[{"name":"logits","datatype":"FP64","shape":[1],"data":[Infinit]}]}', /at byte \d+/],
])("refuses %s", (what, body, says) => isRefused(service, { what, body, says }));

test("names every fault of a request in one sentence", async () => {
  const made = message({ inputs: [logits, labels], outputs: ["a", "b"], parameters: { c: 1 } });
  expect(errorOf(await send(service, made.body))).toMatch(
    /\/parameters\/c: .*; \/outputs\/0\/name: .*; \/outputs\/1\/name: /,
  );
});
