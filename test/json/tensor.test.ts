// A tensor is nested arrays, {shape, data} or {datatype, shape, b64}: one tensor, whatever its form.
import { describe, expect, test } from "vitest";
import { answer } from "#lossd/service/formats.js";
import { askText, type Request } from "../harness/ask.js";

const b64 = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
const encoded = (datatype: string, shape: number[], view: ArrayBufferView) => ({ datatype, shape, b64: b64(view) });

function faultsOf(loss: string, text: string) {
  const result = answer({ format: "json", loss, body: Buffer.from(text), elementsMax: 100 });
  if (result.ok) throw new Error(`it was accepted: ${text}`);
  return result.problem;
}

const logits = [
  [2, 1, 0.1],
  [-0.5, 3, 1e-7],
];
const plain = { logits, labels: [1, 0], sample_weights: [1, 2], mean_over: "weights", mask: [true, true] };

describe("the reply is the same to the byte for", () => {
  const doubles = Float64Array.from(logits.flat());
  test.each<[string, Request]>([
    ["flat logits", { logits: { shape: [2, 3], data: logits.flat() } }],
    ["FP64 logits", { logits: encoded("FP64", [2, 3], doubles) }],
    ["flat labels", { labels: { shape: [2], data: [1, 0] } }],
    ["INT64 labels", { labels: encoded("INT64", [2], BigInt64Array.of(1n, 0n)) }],
    ["UINT8 labels", { labels: encoded("UINT8", [2], Uint8Array.of(1, 0)) }],
    ["FP16 labels", { labels: encoded("FP16", [2], Uint16Array.of(0x3c00, 0)) }],
    ["FP32 weights", { sample_weights: encoded("FP32", [2], Float32Array.of(1, 2)) }],
    ["flat booleans", { mask: { shape: [2], data: [true, true] } }],
    ["BOOL booleans", { mask: encoded("BOOL", [2], Uint8Array.of(1, 1)) }],
    ["BOOL class booleans", { class_mask: encoded("BOOL", [2, 3], Uint8Array.of(1, 1, 1, 1, 1, 1)) }],
    ["all of them", { logits: encoded("FP64", [2, 3], doubles), labels: encoded("INT32", [2], Int32Array.of(1, 0)) }],
  ])("%s", (_what, fields) => {
    const outputs = ["losses", "gradients", "probabilities", "decomposition", "accuracy"];
    expect(askText("cross_entropy", { ...plain, ...fields, outputs })).toBe(
      askText("cross_entropy", { ...plain, outputs }),
    );
  });

  test("members in another order, with white space, and with escaped slashes", () => {
    const bytes = Buffer.from(Float64Array.of(-1.337e-77, 2.5).buffer);
    const text = bytes.toString("base64");
    const wanted = askText("mse", { logits: [-1.337e-77, 2.5], labels: [1, 1] });
    for (const shown of [text, text.replaceAll("/", "\\/"), text.replace("A", "\\u0041")]) {
      const body = `{"labels":[1,1],"logits": { "b64" : "${shown}" , "shape":[ 2 ], "datatype":"FP64" } }`;
      const result = answer({ format: "json", loss: "mse", body: Buffer.from(body), elementsMax: 10 });
      expect(result.ok && Buffer.concat(result.reply).toString()).toBe(wanted);
    }
  });

  test("a single number, and nothing at all", () => {
    expect(askText("mse", { logits: { shape: [], data: [3] }, labels: 1 })).toBe(
      askText("mse", { logits: 3, labels: 1 }),
    );
    const nothing = { shape: [2, 0], data: [] };
    const reply = askText("mse", { logits: nothing, labels: encoded("FP64", [2, 0], new Uint8Array(0)) });
    expect(reply).toBe(askText("mse", { logits: [[], []], labels: [[], []] }));
    expect(JSON.parse(reply).gradients).toEqual([[], []]);
  });
});

describe("encoding", () => {
  const request = { ...plain, outputs: ["losses", "gradients", "probabilities", "decomposition", "accuracy"] };
  const nested = JSON.parse(askText("cross_entropy", request));
  const tensors = (reply: typeof nested) => [
    reply.losses,
    reply.gradients,
    reply.probabilities,
    reply.decomposition.cross_entropy,
    reply.decomposition.entropy,
    reply.decomposition.kl_divergence,
    reply.accuracy.correct,
  ];

  test("flat has every tensor as shape and data, and the rest as it is", () => {
    const flat = JSON.parse(askText("cross_entropy", { ...request, encoding: "flat" }));
    tensors(flat).forEach((tensor, i) => {
      const rows = tensors(nested)[i];
      const shape = Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length];
      expect(tensor).toEqual({ shape, data: rows.flat() });
    });
    expect([flat.loss, flat.weight_sum, flat.decomposition.mean]).toEqual([
      nested.loss,
      nested.weight_sum,
      nested.decomposition.mean,
    ]);
  });

  test.each([
    ["FP64", Float64Array, (numbers: number[]) => numbers],
    ["FP32", Float32Array, (numbers: number[]) => numbers.map(Math.fround)],
  ] as const)("b64 has every tensor's bytes: %s", (datatype, kind, rounded) => {
    const body = { ...request, logits: encoded(datatype, [2, 3], kind.from(logits.flat())) };
    const texts = JSON.parse(askText("cross_entropy", body));
    const bytes = JSON.parse(askText("cross_entropy", { ...body, encoding: "b64" }));
    tensors(bytes).forEach((tensor, i) => {
      const raw = Buffer.from(tensor.b64, "base64");
      const numbers = [...new kind(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length))];
      expect(tensor.datatype).toBe(datatype);
      expect(numbers).toEqual(rounded(tensors(texts)[i].flat()));
    });
  });

  test("a single number and an empty batch have every form", () => {
    for (const encoding of ["nested", "flat", "b64"]) {
      expect(JSON.parse(askText("mse", { logits: 3, labels: 1, encoding })).losses).toEqual(
        { nested: 4, flat: { shape: [], data: [4] }, b64: { datatype: "FP64", shape: [], b64: "AAAAAAAAEEA=" } }[
          encoding
        ],
      );
      expect(JSON.parse(askText("mse", { logits: [], labels: [], encoding })).losses).toEqual(
        { nested: [], flat: { shape: [0], data: [] }, b64: { datatype: "FP64", shape: [0], b64: "" } }[encoding],
      );
    }
  });

  test("infinities are words or null in text, bits in bytes, and refused where they are to be", () => {
    const request = { logits: [[0, "-Infinity"]], labels: [1], reduction: "none", outputs: ["losses"] };
    const losses = (more: Request) => JSON.parse(askText("cross_entropy", { ...request, ...more })).losses;
    expect(losses({ encoding: "flat" })).toEqual({ shape: [1], data: ["Infinity"] });
    expect(losses({ encoding: "flat", nonfinite: "null" })).toEqual({ shape: [1], data: [null] });
    expect(losses({ encoding: "b64", nonfinite: "null" }).b64).toBe(b64(Float64Array.of(Infinity)));
    expect(() => losses({ encoding: "b64", nonfinite: "error" })).toThrow(
      /nonfinite: is "error", and a number in losses/,
    );
  });
});

describe("float32 logits", () => {
  const single = Float32Array.of(0.1, -20.7, 3);
  const body = { logits: encoded("FP32", [3], single), labels: [0, 1, 0.5], outputs: ["losses", "gradients"] };

  test("are answered with the shortest text of each float32", () => {
    const reply = JSON.parse(askText("binary_cross_entropy", body));
    for (const number of [...reply.losses, ...reply.gradients, reply.loss, reply.loss_sum]) {
      expect(String(number).replace(/^-?0?\.?0*|e.*|\./g, "").length).toBeLessThanOrEqual(9);
    }
    const wide = JSON.parse(askText("binary_cross_entropy", { ...body, logits: [...single] }));
    expect(reply.gradients.map(Math.fround)).toEqual(wide.gradients.map(Math.fround));
  });

  test.each(["FP16", "BF16", "FP32"])("of %s are answered in FP32 where there are none", (datatype) => {
    const request = { logits: encoded(datatype, [0, 3], new Uint8Array(0)), labels: [], encoding: "b64" };
    const { losses, gradients } = JSON.parse(askText("cross_entropy", request));
    expect(losses).toEqual({ datatype: "FP32", shape: [0], b64: "" });
    expect(gradients).toEqual({ datatype: "FP32", shape: [0, 3], b64: "" });
  });

  test("may come as FP16 and BF16, and are the same numbers", () => {
    const answers = [
      encoded("FP16", [2], Uint16Array.of(0x3c00, 0xc100)),
      encoded("BF16", [2], Uint16Array.of(0x3f80, 0xc020)),
      encoded("FP32", [2], Float32Array.of(1, -2.5)),
    ].map((logits) => askText("mse", { logits, labels: [0, 0.25] }));
    expect(new Set(answers).size).toBe(1);
  });
});

test.each([
  ["{}", "/logits", "is an object of nothing"],
  ['{"shape":[1]}', "/logits", "an object of shape, but must be nested arrays, {shape, data} or"],
  ['{"data":[1]}', "/logits", "an object of data"],
  ['{"shape":[1],"data":[1],"dtype":"f4"}', "/logits", 'a field "dtype"'],
  ['{"shape":[1],"data":[1],"datatype":"FP32"}', "/logits", "data, datatype, shape"],
  ['{"shape":[2],"data":[1]}', "/logits/shape", "is [2], which is 2 in all, but data has 1"],
  ['{"shape":[-1],"data":[1]}', "/logits/shape", "is [-1], but must be a list of whole numbers, at least 0"],
  ['{"shape":[1.5],"data":[1]}', "/logits/shape", "is [1.5], but must be a list of whole numbers, at least 0"],
  ['{"shape":["1"],"data":[1]}', "/logits/shape", 'is ["1"], but must be a list of whole numbers, at least 0'],
  ['{"shape":1,"data":[1]}', "/logits/shape", "is 1, but must be a list of whole numbers, at least 0"],
  ['{"shape":[null],"data":[1]}', "/logits/shape", "is [null], but must be"],
  ['{"shape":[[1]],"data":[1]}', "/logits/shape", "is an array, but must be a list of whole numbers, at least 0"],
  [`{"shape":[${"1,".repeat(62)}1],"data":[1]}`, "/logits/shape", "63 axes, more than 62"],
  ['{"shape":[1],"data":[[1]]}', "/logits/data/0", "is an array, but must be a value"],
  ['{"shape":[1],"data":1}', "/logits/data", "must be one flat array"],
  ['{"shape":[1],"data":["1"]}', "/logits/data/0", 'is the string "1", but must be a number'],
  ['{"datatype":"FP8","shape":[1],"b64":"AA=="}', "/logits/datatype", 'is the string "FP8", but must be UINT8, '],
  ['{"datatype":"BOOL","shape":[1],"b64":"AA=="}', "/logits/datatype", "must be UINT8"],
  ['{"datatype":"FP64","shape":[1],"b64":"AAAA"}', "/logits/b64", "holds 3 bytes, but FP64 of shape [1] takes 8"],
  ['{"datatype":"UINT8","shape":[1],"b64":"A"}', "/logits/b64", "ends early: it has 1 characters"],
  ['{"datatype":"UINT8","shape":[1],"b64":"AA"}', "/logits/b64", "ends early"],
  ['{"datatype":"UINT8","shape":[3],"b64":"AA-_"}', "/logits/b64", "is no base64 at character 2"],
  ['{"datatype":"UINT8","shape":[1],"b64":"A A="}', "/logits/b64", "is no base64 at character 1"],
  ['{"datatype":"UINT8","shape":[1],"b64":5}', "/logits/b64", "must be a string"],
])("%s is refused at %s: %s", (logits, pointer, words) => {
  const { code, errors } = faultsOf("mse", `{"labels":[1],"logits":${logits}}`);
  expect([code, errors[0]!.pointer]).toEqual(["invalid_request", pointer]);
  expect(errors[0]!.detail).toContain(words);
});

test("an encoding that there is not is refused", () => {
  const { errors } = faultsOf("mse", '{"logits":[1],"labels":[1],"encoding":"csv"}');
  expect(errors).toEqual([
    { pointer: "/encoding", detail: 'is the string "csv", but must be "nested" or "flat" or "b64"' },
  ]);
});

test("a byte that is no boolean is named", () => {
  const mask = encoded("BOOL", [3], Uint8Array.of(0, 1, 2));
  const { errors } = faultsOf("mse", JSON.stringify({ logits: [1, 2, 3], labels: [1, 2, 3], mask }));
  expect(errors[0]).toEqual({ pointer: "/mask/b64", detail: "holds 2 at its byte 2: BOOL is 0 or 1" });
});

test.each([
  ["flat numbers beyond the limit", `{"shape":[101],"data":[${"1,".repeat(100)}1]}`],
  ["encoded numbers beyond the limit", JSON.stringify(encoded("UINT8", [101], new Uint8Array(101)))],
  ["a shape of more rows than the limit, without a number", '{"shape":[101,0],"data":[]}'],
  ["nested numbers beyond the limit", `[${"1,".repeat(100)}1]`],
])("%s are too many elements", (_what, logits) => {
  expect(faultsOf("mse", `{"labels":1,"logits":${logits}}`).code).toBe("too_many_elements");
});

test.each([
  ["a text that ends in a tensor's object", '{"logits":{"shape":[1]', "invalid_json"],
  ["a repeated member", '{"logits":{"shape":[1],"shape":[1],"data":[1]},"labels":[1]}', "duplicate_key"],
  ["a string of base64 that never ends", '{"labels":[1],"logits":{"b64":"AAAA', "invalid_json"],
  ["a control character in base64", '{"labels":[1],"logits":{"b64":"AA\nA"}}', "invalid_json"],
  ["a bad escape in base64", '{"labels":[1],"logits":{"b64":"AA\\xA"}}', "invalid_json"],
  ["a fault, and no JSON behind it", '{"labels":[1],"logits":[[1],2,}', "invalid_json"],
  ["a fault, and a repeated key behind it", '{"labels":[1],"logits":[[1],{"a":1,"a":2}]}', "duplicate_key"],
  ["a fault, and too deep behind it", `{"labels":[1],"logits":[[1],2,${"[".repeat(70)}`, "too_deep"],
  ["a number beyond the doubles", '{"labels":[1],"logits":[1e400]}', "invalid_json"],
])("%s is refused as such", (_what, text, code) => {
  expect(faultsOf("mse", text).code).toBe(code);
});
