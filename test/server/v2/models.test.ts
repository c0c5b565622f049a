// The Open Inference Protocol beside its inference: health, models, and what is not there.
import { afterAll, beforeAll, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { version } from "#lossd/version.js";
import { type Service, startService } from "../../harness/service.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const names = losses.map(({ name }) => name);
const server = {
  name: "lossd",
  version,
  extensions: ["binary_tensor_data", "parameters", "model_configuration", "statistics"],
};
const index = names.map((name) => ({ name, version: "1", state: "READY", reason: "" }));

test.each([
  ["GET", "/v2/health/live", { live: true }],
  ["GET", "/v2/health/ready", { live: true, ready: true }],
  ["GET", "/v2", server],
  ["GET", "/v2/", server],
  ["GET", "/v2/models", { models: names }],
  ["GET", "/v2/models/mse/ready", { name: "mse", ready: true }],
  ["GET", "/v2/models/mse/versions/1/ready", { name: "mse", ready: true }],
  ["POST", "/v2/repository/index", index],
])("%s %s", async (method, path, body) => {
  // Some clients name encodings that they only unpack of an inference.
  const response = await fetch(service.url + path, { method, headers: { "accept-encoding": "gzip, deflate" } });
  expect([response.status, await response.json()]).toEqual([200, body]);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("content-encoding")).toBeNull();
});

test("a model's metadata names its tensors, each with one datatype", async () => {
  const path = `${service.url}/v2/models/cross_entropy`;
  const metadata = await (await fetch(path)).json();
  expect(metadata).toMatchObject({
    name: "cross_entropy",
    versions: ["1"],
    platform: "lossd",
    inputs: expect.arrayContaining([
      { name: "logits", datatype: "FP32", shape: [-1, -1] },
      { name: "labels", datatype: "INT64", shape: [-1] },
      { name: "mask", datatype: "BOOL", shape: [-1] },
    ]),
    outputs: expect.arrayContaining([
      { name: "loss", datatype: "FP32", shape: [1] },
      { name: "gradients", datatype: "FP32", shape: [-1, -1] },
      { name: "kl_divergence", datatype: "FP32", shape: [-1] },
    ]),
  });
  for (const same of [`${path}/versions/1`, `${service.url}/v2/models/cce`]) {
    expect(await (await fetch(same)).json()).toEqual(metadata);
  }
});

test("a model's configuration says what may be left out, and the limits and the options", async () => {
  const response = await fetch(`${service.url}/v2/models/focal/config`);
  const config = (await response.json()) as Record<"input" | "output", object[]> & {
    parameters: Record<string, { string_value: string }>;
  };
  expect(config).toMatchObject({ name: "focal", platform: "lossd", max_batch_size: 0 });
  expect(config.input).toEqual(
    expect.arrayContaining([
      { name: "logits", data_type: "TYPE_FP32", dims: [-1], optional: false },
      { name: "sample_weights", data_type: "TYPE_FP32", dims: [-1], optional: true },
    ]),
  );
  expect(config.output).toContainEqual({ name: "losses", data_type: "TYPE_FP32", dims: [-1] });
  const { BODY_BYTES_MAX, gamma } = config.parameters;
  expect(BODY_BYTES_MAX!.string_value).toBe(String(service.config.BODY_BYTES_MAX));
  expect(JSON.parse(gamma!.string_value)).toMatchObject({ default: 2, minimum: 0 });
});

test.each([
  ["GET", "/v2/models/nothing", 404, /cross_entropy/],
  ["GET", "/v2/models/mse/versions/2", 404, /version 1 only/],
  ["GET", "/v2/models/MSE/ready", 404, /mse/],
  ["GET", "/v2/models/nothing/config", 404, /mse/],
  ["POST", "/v2/models/nothing/infer", 404, /mse/],
  ["POST", "/v2/models/mse/versions/1.0.0/infer", 404, /version 1 only/],
  ["GET", "/v2/nothing", 404, /nothing at this path/],
  ["GET", "/v2/models/mse/nothing", 404, /nothing at this path/],
  ["GET", "/v2/models/%zz", 400, /cannot be decoded/],
  ["GET", "/v2/models/mse/infer", 405, /POST/],
  ["GET", "/v2/models/mse/versions/1/infer", 405, /POST/],
  ["POST", "/v2/models/mse", 405, /GET/],
  ["DELETE", "/v2/health/live", 405, /GET/],
  ["GET", "/v2/repository/index", 405, /POST/],
])("%s %s is a %i that says so", async (method, path, status, says) => {
  const response = await fetch(service.url + path, { method });
  expect([response.status, await response.json()]).toEqual([status, { error: expect.stringMatching(says) }]);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.has("allow")).toBe(status === 405);
});

test("an idle connection stays open longer than the 60 s of the proxies in front", async () => {
  const response = await fetch(`${service.url}/v2/health/live`);
  expect(Number(/timeout=(\d+)/.exec(response.headers.get("keep-alive")!)?.[1])).toBeGreaterThan(60);
});

test("a model's statistics count its requests by either protocol, and agree with the metrics", async () => {
  const own = await startService();
  const statistics = async (path: string) => {
    const response = await fetch(`${own.url}/v2/models${path}/stats`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { model_stats: Statistics[] }).model_stats;
  };
  const before = Date.now();
  const inputs = [
    { name: "logits", shape: [2], datatype: "FP64", data: [1, 2] },
    { name: "labels", shape: [2], datatype: "FP64", data: [0, 1] },
  ];
  const ask = (path: string, body: unknown) =>
    fetch(own.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await ask("/v2/models/mse/infer", { inputs });
  await ask("/v1/losses/mse", { logits: [1], labels: [3] });
  await ask("/v1/losses/mse", { logits: [1] });
  await own.logged(({ status }) => status === 422);
  const [mse] = await statistics("/mse");
  expect(mse).toMatchObject({ name: "mse", version: "1", inference_count: 3, execution_count: 2, batch_stats: [] });
  expect(mse!.last_inference).toBeGreaterThanOrEqual(before);
  const counts = Object.entries(mse!.inference_stats).map(([name, { count }]) => [name, count]);
  const computed = ["success", "queue", "compute_input", "compute_infer", "compute_output"].map((name) => [name, 2]);
  expect(Object.fromEntries(counts)).toEqual({ ...Object.fromEntries(computed), fail: 1, cache_hit: 0, cache_miss: 0 });
  expect(mse!.inference_stats["success"]!.ns).toBeGreaterThan(mse!.inference_stats["compute_infer"]!.ns);
  expect(await statistics("/mse/versions/1")).toEqual([mse]);
  const all = await statistics("");
  expect(all.map(({ name }) => name)).toEqual(names);
  expect(all.filter(({ execution_count }) => execution_count > 0)).toEqual([mse]);
  await own.stop();
});

interface Statistics {
  readonly name: string;
  readonly last_inference: number;
  readonly execution_count: number;
  readonly inference_stats: Record<string, { readonly count: number; readonly ns: number }>;
}
