// Who is let in, who waits how long, and what the caller is told: with a pool whose every answer is the test's.
import { afterEach, expect, test } from "vitest";
import type { Environment } from "#lossd/config.js";
import { Problem } from "#lossd/problems.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";
import { until } from "../harness/counted_pool.js";
import { RawClient } from "../harness/raw_client.js";
import { type ProblemReply, post, type Service, startService } from "../harness/service.js";
import { answered, stubPool } from "../harness/stub_pool.js";

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

async function serve(pool: ComputePool | Promise<ComputePool>, env: Environment = {}): Promise<Service> {
  const service = await startService(env, pool);
  services.push(service);
  return service;
}

const head = (length: number) =>
  `POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

test.each([
  ["429", {}],
  ["503", { OVERLOAD_STATUS: "503" }],
])("a full queue is answered with %s and Retry-After, before the body is read", async (status, env) => {
  const service = await serve(stubPool({ full: true, retryAfterSeconds: 7 }), env);
  const client = await RawClient.connect(service.port);
  await client.send(head(1000));
  const reply = await client.reply();
  expect(reply.status).toBe(Number(status));
  expect(reply.headers["retry-after"]).toBe("7");
  expect(JSON.parse(reply.body)).toMatchObject({ code: "queue_full", status: Number(status) });
  client.destroy();
});

test("computations are refused as starting until the pool is there", async () => {
  const { promise, resolve } = Promise.withResolvers<ComputePool>();
  const service = await serve(promise);
  const early = await post(service, "mse", "{}");
  expect(early.status).toBe(503);
  expect(early.headers.get("retry-after")).toBe("1");
  expect(await early.json()).toMatchObject({ code: "starting" });
  expect(await (await fetch(`${service.url}/health/ready`)).json()).toEqual({ status: "starting" });
  resolve(stubPool({ run: async () => answered("{}") }));
  await promise;
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  expect((await post(service, "mse", "{}")).status).toBe(200);
});

test("a pool that lost its workers is not ready, and alive", async () => {
  const pool = stubPool();
  const service = await serve(pool);
  pool.ready = false;
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${service.url}/livez`)).status).toBe(200);
});

test.each([
  ["deadline_exceeded", 504],
  ["worker_crashed", 500],
  ["draining", 503],
] as const)("%s in the pool is answered with %i", async (code, status) => {
  const run = () => Promise.reject(new Problem(code, "as the pool says"));
  const service = await serve(stubPool({ run }));
  const response = await post(service, "mse", "{}");
  expect([response.status, ((await response.json()) as ProblemReply).code]).toEqual([status, code]);
});

test("the deadline that the pool gets counts from the request's arrival", async () => {
  const deadlines: number[] = [];
  const run = async (_job: unknown, deadlineMs: number) => {
    deadlines.push(deadlineMs);
    return answered("{}");
  };
  const before = performance.now();
  const service = await serve(stubPool({ run }), { REQUEST_TIMEOUT_MS: "20000" });
  const reply = await post(service, "mse", "{}");
  expect(reply.status).toBe(200);
  expect(deadlines[0]).toBeGreaterThanOrEqual(before + 20_000);
  expect(deadlines[0]).toBeLessThanOrEqual(performance.now() + 20_000);
});

test("a fault of ours is an opaque 500 whose id is in the log, with the rest", async () => {
  const run = () => Promise.reject(new TypeError("the secret of the day"));
  const service = await serve(stubPool({ run }));
  const response = await post(service, "mse", "{}", { "x-request-id": "fault-1" });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toContain("secret");
  expect(JSON.parse(text)).toMatchObject({ code: "internal", request_id: "fault-1" });
  const line = await service.logged(({ msg }) => msg === "a request failed");
  expect(line).toMatchObject({ level: 50, requestId: "fault-1", err: { message: "the secret of the day" } });
});

test("a client that leaves while its task is computed cancels it, and is logged as 499", async () => {
  const pool = stubPool();
  const service = await serve(pool);
  const client = await RawClient.connect(service.port);
  await client.send(`${head(2)}{}`);
  await pool.nextJob();
  client.reset();
  await pool.nextCancel();
  expect(await service.logged(({ status }) => status === 499)).toMatchObject({ aborted: true, loss: "mse" });
  expect(service.app.lifecycle.budget.bytes).toBe(0);
});

test("a half-closed client gets its answer, and its task is the first to go where the queue is full", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const pool = stubPool({ run: () => promise.then(() => answered("{}")) });
  const service = await serve(pool);
  const client = await RawClient.connect(service.port);
  await client.send(`${head(2)}{}`);
  await pool.nextJob();
  client.halfClose();
  await pool.nextDemotion();
  resolve();
  expect((await client.reply()).status).toBe(200);
  await client.closed;
});

test.each([
  ["leaves in the middle of its body", (client: RawClient) => client.destroy()],
  ["is reset in the middle of its body", (client: RawClient) => client.reset()],
])("a client that %s leaves nothing in memory", async (_how, leave) => {
  const service = await serve(stubPool());
  const client = await RawClient.connect(service.port);
  await client.send(`${head(100)}{`);
  await until(() => service.app.lifecycle.budget.bytes > 0);
  leave(client);
  expect(await service.logged(({ status }) => status === 499 || status === 400)).toBeDefined();
  await until(() => service.app.lifecycle.budget.bytes === 0);
});

test.each([
  ["falls silent", { IDLE_TIMEOUT_MS: "50", RATE_BYTES_MIN: "0" }, "IDLE_TIMEOUT_MS"],
  ["takes longer than the deadline", { REQUEST_TIMEOUT_MS: "50", HEADERS_TIMEOUT_MS: "50" }, "REQUEST_TIMEOUT_MS"],
])("a body that %s is answered with 408, and its connection ends", async (_how, env, variable) => {
  const service = await serve(stubPool(), env);
  const client = await RawClient.connect(service.port);
  await client.send(`${head(100)}{`);
  const { status, headers, body } = await client.reply();
  await client.closed;
  expect([status, headers["connection"]]).toEqual([408, "close"]);
  expect(JSON.parse(body)).toMatchObject({ code: "request_timeout" });
  expect(body).toContain(variable);
  expect(service.app.lifecycle.budget.bytes).toBe(0);
});

test("while refusing, new work is answered with draining and every reply ends its connection", async () => {
  const service = await serve(stubPool());
  service.app.lifecycle.startRefusing();
  const client = await RawClient.connect(service.port);
  await client.send(`${head(2)}{}`);
  const { status, headers, body } = await client.reply();
  expect([status, headers["connection"]]).toEqual([503, "close"]);
  expect(headers["retry-after"]).toBe("1");
  expect(JSON.parse(body)).toMatchObject({ code: "draining" });
  const ready = await fetch(`${service.url}/health/ready`);
  expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"]);
  expect(await ready.json()).toEqual({ status: "draining" });
});
