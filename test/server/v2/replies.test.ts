// How the Open Inference Protocol's replies are written: each row is one that some client reads no other way.
import { afterAll, beforeAll, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { modelInputs, modelOutputs } from "#lossd/losses/schemas/models.js";
import { type Service, startService } from "../../harness/service.js";
import { type Call, type Input, message } from "../../harness/v2.js";
import {
  type Answer,
  errorOf,
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

function post(call: Call, headers: Record<string, string> = {}, model?: string): Promise<Answer> {
  const made = message(call);
  return send(service, made.body, { ...headerOf(made), ...headers }, model);
}

const inputs = [logits, labels];
const textOf = ({ bytes }: Answer) => bytes.toString();

test("a JSON reply has the exact media type, flat data, no parameters on its outputs, and no id that was not given", async () => {
  const answer = await post({ inputs: [{ ...logits, data: [[2, 1, 0.1]] }, labels] });
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get(lengthHeader)).toBeNull();
  expect(JSON.parse(textOf(answer))).toEqual({
    model_name: "cross_entropy",
    model_version: "1",
    parameters: {
      denominator: 1,
      loss_sum: knownLoss,
      weight_sum: 1,
      valid_count: 1,
      ignored_count: 0,
      nonfinite_count: 0,
    },
    outputs: [
      { name: "loss", datatype: "FP64", shape: [1], data: [knownLoss] },
      { name: "losses", datatype: "FP64", shape: [1], data: [knownLoss] },
      {
        name: "gradients",
        datatype: "FP64",
        shape: [1, 3],
        data: [0.6590011388859679, -0.7575670292952861, 0.09856589040931818],
      },
    ],
  });
});

test("a binary reply is octets, its JSON as long as the header says, and no byte is left over", async () => {
  const answer = await post({ inputs, parameters: { binary_data_output: true } });
  expect(answer.headers.get("content-type")).toBe("application/octet-stream");
  const { outputs } = read(answer);
  expect(outputs.map(({ name, parameters }) => [name, parameters])).toEqual([
    ["loss", { binary_data_size: 8 }],
    ["losses", { binary_data_size: 8 }],
    ["gradients", { binary_data_size: 24 }],
  ]);
  expect(answer.bytes.length).toBe(Number(answer.headers.get(lengthHeader)) + 40);
});

test("a binary reply has its tensors where the engine's memory grows for its JSON", async () => {
  const id = "x".repeat(1e6);
  const reply = await infer(service, { inputs, id, parameters: { binary_data_output: true } });
  expect([reply.id, lossOf(reply)]).toEqual([id, knownLoss]);
});

test.each(["request-7", "", "naïve 🙂", '"\\\n'])("the id %j comes back as it is", async (id) => {
  expect((await infer(service, { inputs, id })).id).toBe(id);
});

test.each([
  { what: "none is asked for", outputs: undefined, all: undefined, binary: [false, false, false] },
  { what: "all are binary", outputs: undefined, all: true, binary: [true, true, true] },
  {
    what: "one is binary",
    outputs: [
      ["losses", true],
      ["loss", undefined],
    ],
    all: undefined,
    binary: [true, false],
  },
  {
    what: "one is not",
    outputs: [
      ["losses", false],
      ["loss", undefined],
    ],
    all: true,
    binary: [false, true],
  },
  {
    what: "one is, and all are not",
    outputs: [
      ["losses", true],
      ["loss", undefined],
    ],
    all: false,
    binary: [true, false],
  },
] as const)("outputs come in their order and in the form that was asked for: $what", async (row) => {
  const listed = row.outputs?.map(([name, binary]) => ({
    name,
    ...(binary !== undefined && { parameters: { binary_data: binary } }),
  }));
  const answer = await post({
    inputs,
    ...(listed && { outputs: listed }),
    ...(row.all !== undefined && { parameters: { binary_data_output: row.all } }),
  });
  const { outputs } = read(answer);
  expect(outputs.map(({ parameters }) => parameters !== undefined)).toEqual(row.binary);
  expect(outputs.map(({ name }) => name)).toEqual(
    row.outputs?.map(([name]) => name) ?? ["loss", "losses", "gradients"],
  );
});

test.each([
  ["asked for", { reduction: "none" }],
  ["that of a preset", { preset: "optax" }],
])("without a reduction, %s, there is no loss among the outputs, and nothing was divided", async (_how, asked) => {
  const { outputs, parameters } = await infer(service, { inputs, parameters: asked });
  expect(outputs.map(({ name }) => name)).toEqual(["losses", "gradients"]);
  expect(parameters).not.toHaveProperty("denominator");
});

const impossible = [
  { ...logits, shape: [1, 2], data: [1, "-Infinity"] },
  { ...labels, data: [1] },
];

test.each([
  ["string", '"loss_sum":"Infinity"', '"data":["Infinity"]'],
  ["null", '"loss_sum":null', '"data":[null]'],
  ["literal", '"loss_sum":Infinity', '"data":[Infinity]'],
])("an infinite loss in JSON with nonfinite %s", async (nonfinite, sum, data) => {
  const answer = await post({ inputs: impossible, outputs: ["losses"], parameters: { nonfinite } });
  expect(textOf(answer)).toContain(sum);
  expect(textOf(answer)).toContain(data);
  expect(textOf(answer)).toContain('"nonfinite_count":2');
});

test("an infinite loss is itself in binary, and in either form a 400 where none is wanted", async () => {
  const binary = { binary_data_output: true };
  const { outputs } = await infer(service, { inputs: impossible, parameters: binary });
  expect(outputs[1]!.data).toEqual([Number.POSITIVE_INFINITY]);
  for (const parameters of [{}, binary]) {
    const answer = await post({ inputs: impossible, parameters: { ...parameters, nonfinite: "error" } });
    expect([answer.status, errorOf(answer)]).toEqual([400, expect.stringContaining("/parameters/nonfinite")]);
  }
});

test("given probabilities, the reply says what the gradients are by", async () => {
  const given = { name: "probabilities", datatype: "FP64", shape: [1, 2], data: [0.25, 0.75] } as const;
  expect((await infer(service, { inputs: [given, labels] })).parameters["gradient_wrt"]).toBe("probabilities");
});

test("equal requests have equal bytes, by an alias too", async () => {
  const call = { inputs, parameters: { binary_data_output: true } };
  const [one, again, alias] = [await post(call), await post(call), await post(call, {}, "cce/versions/1")];
  expect(again.bytes).toEqual(one.bytes);
  expect(alias.bytes).toEqual(one.bytes);
});

test("zeros have no sign, in JSON and in binary", async () => {
  const zero = [
    { name: "logits", datatype: "FP64", shape: [2], data: [1, -0] },
    { name: "labels", datatype: "FP64", shape: [2], data: [1, 0] },
  ] as const;
  for (const binary of [false, true]) {
    const { outputs } = await infer(service, { inputs: zero, parameters: { binary_data_output: binary } }, "l1");
    for (const value of outputs.flatMap(({ data }) => data)) expect(Object.is(value, 0)).toBe(true);
  }
});

/** Two examples of three classes, as the metadata says that they look. */
function sample({
  name,
  datatype,
  shape,
}: {
  name: string;
  datatype: Input["datatype"];
  shape: readonly number[];
}): Input {
  const dimensions = shape.map((_, axis) => (axis === 0 && shape.length > 1 ? 2 : shape.length > 1 ? 3 : 2));
  const count = dimensions.reduce((product, length) => product * length, 1);
  // A row of it is one-hot, so that it may be a distribution too.
  const data = Array.from({ length: count }, (_, i) => (shape.length > 1 && i % 3 > 0 ? 0 : 1));
  return { name, datatype, shape: dimensions, data, binary: true };
}

test.each(losses.map((loss) => [loss.name, loss] as const))(
  "every output in the metadata of %s is there when its required inputs are sent as described",
  async (name, loss) => {
    const response = await fetch(`${service.url}/v2/models/${name}`);
    const metadata = (await response.json()) as { outputs: { name: string }[] };
    const required = modelInputs(loss).filter(({ optional }) => !optional);
    const { outputs } = await infer(
      service,
      { inputs: required.map(sample), outputs: metadata.outputs.map(({ name }) => name) },
      name,
    );
    expect(outputs.map(({ name, datatype, shape }) => [name, datatype, shape.length])).toEqual(
      modelOutputs(loss).map(({ name, datatype, shape }) => [name, datatype, shape.length]),
    );
  },
);

test("a reply is not compressed, whatever its reader could unpack", async () => {
  const answer = await post({ inputs }, { "accept-encoding": "gzip, deflate" });
  expect([answer.status, answer.headers.get("content-encoding")]).toEqual([200, null]);
});
