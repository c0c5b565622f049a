// How a stream ends before its summary: the last line says why, the lines at work are answered, and nothing stays taken.
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import type { Environment } from "#lossd/config.js";
import type { ProblemCode } from "#lossd/problems.js";
import { drain } from "#lossd/service/drain.js";
import { watchBudget } from "../../harness/budget.js";
import { CountedPool, until } from "../../harness/counted_pool.js";
import { exchangeLines, LinesClient } from "../../harness/lines_client.js";
import { RawClient } from "../../harness/raw_client.js";
import { type Service, startService } from "../../harness/service.js";

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

async function serve(env: Environment = {}, pool?: CountedPool): Promise<Service> {
  const service = await startService(env, pool);
  services.push(service);
  return service;
}

const line = (logit: number) => JSON.stringify({ logits: [logit], labels: [0] });
const codes = (lines: readonly { code?: string; loss?: number }[]) => lines.map((reply) => reply.code ?? reply.loss);

test.each([
  ["nothing", ""],
  ["half a line", line(1).slice(0, 9)],
])(
  "a client that falls silent after %s is told so after IDLE_TIMEOUT_MS, and its connection ends",
  async (_what, half) => {
    const pool = new CountedPool();
    const service = await serve({ IDLE_TIMEOUT_MS: "100" }, pool);
    const client = new LinesClient(service);
    await client.write(`${line(2)}\n${half}`);
    const lines = await client.rest();
    expect(codes(lines)).toEqual([4, "request_timeout"]);
    expect(lines[1]).toMatchObject({ done: false, lines: 1, detail: expect.stringContaining("IDLE_TIMEOUT_MS = 100") });
    expect(pool.tasks).toBe(0);
  },
);

test("a line that keeps coming and never ends is given up after REQUEST_TIMEOUT_MS", async () => {
  const service = await serve({ REQUEST_TIMEOUT_MS: "200", HEADERS_TIMEOUT_MS: "200" }, new CountedPool());
  const client = new LinesClient(service);
  const dripping = setInterval(() => void client.write(" "), 10);
  const lines = await client.rest();
  clearInterval(dripping);
  expect(lines).toMatchObject([
    { done: false, code: "request_timeout", detail: expect.stringContaining("REQUEST_TIMEOUT_MS") },
  ]);
});

test("while draining, lines at work are finished, those behind them are not begun, and the end says why", async () => {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  const pool = new CountedPool(() => promise);
  const service = await serve({ WORKERS: "1" }, pool);
  const client = new LinesClient(service);
  for (const logit of [1, 2, 3]) {
    await client.write(`${line(logit)}\n`);
    await until(() => pool.jobs.length === Math.min(logit, 2));
  }
  service.app.lifecycle.startRefusing();
  finish();
  const lines = await client.rest();
  expect(codes(lines)).toEqual([1, 4, "draining"]);
  expect(lines[2]).toMatchObject({ done: false, lines: 2, failed: 0, status: 503 });
  expect([pool.jobs.length, pool.tasks]).toEqual([2, 0]);
});

test("while draining, a stream that was read to its end has its summary", async () => {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  const pool = new CountedPool(() => promise);
  const service = await serve({}, pool);
  const client = new LinesClient(service);
  client.end(line(3));
  await until(() => pool.jobs.length === 1);
  service.app.lifecycle.startRefusing();
  finish();
  expect(await client.rest()).toMatchObject([{ loss: 9 }, { done: true, lines: 1 }]);
});

/** A client of bytes whose stream is open: it has the reply's head, and sent one line. */
async function openStream(service: Service): Promise<RawClient> {
  const client = await RawClient.connect(service.port);
  const first = `${line(3)}\n`;
  await client.send(
    `POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n${first.length.toString(16)}\r\n${first}\r\n`,
  );
  expect((await client.reply()).status).toBe(200);
  return client;
}

test("a stream whose chunks break off ends its connection, with no second head among its lines", async () => {
  const service = await serve({}, new CountedPool());
  const client = await openStream(service);
  await client.send("no chunk size\r\n");
  await expect(client.reply()).rejects.toThrow("the connection ended");
});

test("a drain ends the connection of a stream that is open, and drops nothing", async () => {
  const service = await serve({}, new CountedPool());
  const client = await openStream(service);
  const dropped = await drain(service.app, service.config, pino({ level: "silent" }));
  await client.closed;
  expect(dropped).toBe(0);
  expect(await service.logged(({ code }) => code === "draining")).toMatchObject({ status: 200, lines: 1, failed: 0 });
});

test("a client that leaves gives every place back at once, and is logged as 499", async () => {
  const pool = new CountedPool(() => new Promise(() => undefined));
  const service = await serve({ WORKERS: "2" }, pool);
  const budget = watchBudget(service);
  const client = new LinesClient(service);
  await client.write(Array.from({ length: 2000 }, (_, i) => line(i)).join("\n"));
  await until(() => pool.tasks === 3);
  client.destroy();
  await until(() => pool.tasks === 0);
  expect(budget.bytes).toBe(0);
  expect(await service.logged(({ status }) => status === 499)).toMatchObject({ aborted: true, loss: "mse", lines: 0 });
});

test("a client that leaves while the stream waits for a place ends the waiting", async () => {
  const pool = new CountedPool();
  pool.full = true;
  const service = await serve({}, pool);
  const client = new LinesClient(service);
  await client.write(`${line(1)}\n`);
  await until(() => pool.refused > 0);
  client.destroy();
  await service.logged(({ status }) => status === 499);
  pool.full = false;
  for (let asked = 0; asked < 50; asked++) expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  expect([pool.jobs.length, pool.tasks]).toEqual([0, 0]);
});

test("a fault of ours ends the stream with an opaque problem, and is in the log", async () => {
  const pool = new CountedPool(() => {
    throw new TypeError("the secret of the day");
  });
  const service = await serve({}, pool);
  const lines = await exchangeLines(service, "mse", line(1));
  expect(lines).toMatchObject([{ done: false, code: "internal" satisfies ProblemCode, status: 500 }]);
  expect(JSON.stringify(lines)).not.toContain("secret");
  expect(await service.logged(({ msg }) => msg === "a request failed")).toMatchObject({ level: 50 });
});
