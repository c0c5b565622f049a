// What can befall a request of the Open Inference Protocol that is right: with a pool whose every answer is the test's.
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import type { Environment } from "#lossd/config.js";
import { Problem } from "#lossd/problems.js";
import { drain } from "#lossd/service/drain.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";
import { RawClient } from "../../harness/raw_client.js";
import { type Service, startService } from "../../harness/service.js";
import { answered, stubPool } from "../../harness/stub_pool.js";
import { message } from "../../harness/v2.js";
import { type Answer, errorOf, labels, logits, send } from "../../harness/v2_client.js";

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

async function serve(pool: ComputePool | Promise<ComputePool>, env: Environment = {}): Promise<Service> {
  const service = await startService(env, pool);
  services.push(service);
  return service;
}

const { body } = message({ inputs: [logits, labels] });

function saysSo(answer: Answer, status: number, says: RegExp): void {
  expect([answer.status, errorOf(answer)]).toEqual([status, expect.stringMatching(says)]);
  expect(answer.headers.get("content-type")).toBe("application/json");
}

test.each([
  [429, {}],
  [503, { OVERLOAD_STATUS: "503" }],
])("a full queue is a %i with Retry-After, and readiness goes on", async (status, env) => {
  const service = await serve(stubPool({ full: true, retryAfterSeconds: 7 }), env);
  const answer = await send(service, body);
  saysSo(answer, status, /QUEUE_LENGTH_MAX/);
  expect(answer.headers.get("retry-after")).toBe("7");
  for (const path of ["/v2/health/live", "/v2/health/ready", "/v2/models/mse/ready"]) {
    expect((await fetch(service.url + path)).status).toBe(200);
  }
});

test.each([
  ["deadline_exceeded", 504],
  ["worker_crashed", 500],
  ["draining", 503],
  ["too_many_elements", 413],
  ["invalid_request", 400],
] as const)("%s is a %i", async (code, status) => {
  const run = () => Promise.reject(new Problem(code, "as the pool says"));
  saysSo(await send(await serve(stubPool({ run })), body), status, /as the pool says/);
});

test("a fault of ours is an opaque 500 with the request's id", async () => {
  const run = () => Promise.reject(new TypeError("the secret of the day"));
  const answer = await send(await serve(stubPool({ run })), body, { "x-request-id": "fault-2" });
  saysSo(answer, 500, /^the log has more under the request id fault-2$/);
});

test("while the workers start, readiness and inference are 503, liveness is not", async () => {
  const service = await serve(new Promise<ComputePool>(() => undefined));
  saysSo(await send(service, body), 503, /not ready/);
  const ready = await fetch(`${service.url}/v2/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { live: true, ready: false, error: "the service is starting" },
  ]);
  expect((await fetch(`${service.url}/v2/models/mse/ready`)).status).toBe(503);
  expect((await fetch(`${service.url}/v2/health/live`)).status).toBe(200);
  const index = await (await fetch(`${service.url}/v2/repository/index`, { method: "POST" })).json();
  expect(index).toContainEqual({ name: "mse", version: "1", state: "UNAVAILABLE", reason: "starting" });
  const probes = service.lines.filter(({ route }) => String(route).startsWith("/v2/health/ready"));
  // Probes ask all the time: at debug, and no error.
  expect(probes.map(({ level }) => level)).toEqual([20]);
});

test("a drain under load answers every request that is in", async () => {
  const gate = Promise.withResolvers<void>();
  const run = async () => {
    await gate.promise;
    return answered("{}");
  };
  const pool = stubPool({ run });
  const service = await serve(pool);
  const busy = Array.from({ length: 8 }, () => send(service, body));
  for (const _ of busy) await pool.nextJob();
  const dropped = drain(service.app, service.config, pino({ level: "silent" }));
  gate.resolve();
  expect((await Promise.all(busy)).map(({ status }) => status)).toEqual(busy.map(() => 200));
  expect(await dropped).toBe(0);
});

test("while refusing, inference and readiness are 503 and end their connections", async () => {
  const service = await serve(stubPool());
  service.app.lifecycle.startRefusing();
  const answer = await send(service, body);
  saysSo(answer, 503, /stopping/);
  expect([answer.headers.get("connection"), answer.headers.get("retry-after")]).toEqual(["close", "1"]);
  const ready = await fetch(`${service.url}/v2/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ ready: false })]);
});

test("an announced body that is too large is a 413 before it is read", async () => {
  const service = await serve(stubPool(), { BODY_BYTES_MAX: "65536" });
  const client = await RawClient.connect(service.port);
  await client.send(
    "POST /v2/models/mse/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\nExpect: 100-continue\r\n\r\n",
  );
  const { status, body: text } = await client.reply();
  expect([status, Object.keys(JSON.parse(text))]).toEqual([413, ["error"]]);
  client.destroy();
});

test("a body goes to the pool with the length of its JSON", async () => {
  const pool = stubPool({ run: async () => answered("{}") });
  const service = await serve(pool);
  for (const id of ["", "a", "ab", "abc", "abcdefg"]) {
    const made = message({ id, inputs: [{ ...logits, binary: true }, labels] });
    await send(service, made.body, { "inference-header-content-length": String(made.jsonLength) });
    const job = await pool.nextJob();
    expect({ ...job, body: Buffer.from(job.body) }).toMatchObject({
      format: "v2",
      jsonLength: made.jsonLength,
      body: made.body,
    });
  }
});
