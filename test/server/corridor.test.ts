// The rules that keep the corridor from locking itself: docs/decisions/service.md has them.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Environment } from "#lossd/config.js";
import { watchBudget } from "../harness/budget.js";
import { until } from "../harness/counted_pool.js";
import { RawClient } from "../harness/raw_client.js";
import { isWell, type ProblemReply, post, type Service, startService } from "../harness/service.js";
import { answered, stubPool } from "../harness/stub_pool.js";

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

async function serve(env: Environment, pool = stubPool({ run: async () => answered("{}") })): Promise<Service> {
  const service = await startService(env, pool);
  services.push(service);
  return service;
}

const MiB = 2 ** 20;
const head = (length: number, more = "") =>
  `POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;
/** Memory for two bodies of 4 MiB and their replies, as room and overdraft, and for small ones. */
const tight = { BODY_BYTES_MAX: String(8 * MiB), QUEUE_BYTES_MAX: String(12 * MiB) };

const mostBytes = 6 * MiB;

/** Clients that have sent most of a body of 8 MiB: one may go beyond the limit, and no other has room for so much. */
async function unfinishedBodies(service: Service, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i++) {
    const client = await RawClient.connect(service.port);
    void client.send(head(8 * MiB)).catch(() => undefined);
    void client.send(Buffer.alloc(mostBytes, " ")).catch(() => undefined);
    clients.push(client);
  }
  return clients;
}

test("bodies under way take no place in the queue, however many there are", async () => {
  const service = await serve({ QUEUE_LENGTH_MAX: "0", WORKERS: "1" });
  const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(service.port)));
  for (const client of clients) await client.send(`${head(50)} `);
  expect((await post(service, "mse", "{}")).status).toBe(200);
  for (const client of clients) client.destroy();
});

test("a share is kept for small bodies: half-read large ones do not stop them", async () => {
  const service = await serve(tight);
  const budget = watchBudget(service);
  const clients = await unfinishedBodies(service, 4);
  await until(() => service.app.lifecycle.budget.isShort);
  for (let i = 0; i < 20; i++) expect((await post(service, "mse", " ".repeat(400_000))).status).toBe(200);
  expect(budget.most).toBeLessThan(12 * MiB + 2.25 * 8 * MiB);
  for (const client of clients) client.destroy();
  await until(() => budget.bytes === 0);
});

test("a body of 1 MiB is small: it passes beside half-read large ones", async () => {
  const service = await serve({ ...tight, QUEUE_BYTES_MAX: String(24 * MiB) });
  const clients = await unfinishedBodies(service, 6);
  await until(() => service.app.lifecycle.budget.isShort);
  const since = performance.now();
  expect((await post(service, "mse", " ".repeat(MiB))).status).toBe(200);
  expect(performance.now() - since).toBeLessThan(4000);
  for (const client of clients) client.destroy();
});

test("a body that waits for room is looked at for a reset", async () => {
  const service = await serve({ ...tight, QUEUE_WAIT_MS_MAX: "60000" });
  const clients = await unfinishedBodies(service, 4);
  const { budget } = service.app.lifecycle;
  await until(() => budget.isShort);
  const waiting = await RawClient.connect(service.port);
  await waiting.send(head(4 * MiB));
  waiting.reset();
  expect(await service.logged(({ status, bytes }) => status === 499 && bytes === 0)).toMatchObject({ aborted: true });
  for (const client of clients) client.destroy();
});

test("of half-read bodies one always comes to its end, and then the next", async () => {
  const service = await serve(tight);
  const clients = await unfinishedBodies(service, 4);
  await until(() => service.app.lifecycle.budget.isShort);
  for (const client of clients) void client.send(Buffer.alloc(8 * MiB - mostBytes, " ")).catch(() => undefined);
  const replies = await Promise.all(clients.map((client) => client.reply()));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  for (const client of clients) client.destroy();
});

test("waiting for room is bounded by QUEUE_WAIT_MS_MAX, then 429 with Retry-After", async () => {
  const service = await serve({ ...tight, QUEUE_WAIT_MS_MAX: "100" });
  const clients = await unfinishedBodies(service, 4);
  const replies = await Promise.any(clients.map((client) => client.reply()));
  expect([replies.status, replies.headers["retry-after"]]).toEqual([429, "1"]);
  expect(JSON.parse(replies.body)).toMatchObject({ code: "queue_full" });
  expect(replies.body).toContain("QUEUE_WAIT_MS_MAX = 100");
  for (const client of clients) client.destroy();
});

test("while a body waits for room its clocks of rate and silence stand still", async () => {
  const idleMs = 200;
  const service = await serve({ ...tight, IDLE_TIMEOUT_MS: String(idleMs) });
  const clients = await unfinishedBodies(service, 4);
  const [first, ...others] = clients;
  await until(() => service.app.lifecycle.budget.isShort);
  for (const client of others) void client.send(Buffer.alloc(8 * MiB - mostBytes, " ")).catch(() => undefined);
  // The one that may go on takes its time, and is never silent; those that wait for it are silent for longer than they may.
  const rest = 8 * MiB - mostBytes;
  let sent = 0;
  for (const end = performance.now() + 3 * idleMs; performance.now() < end && sent < rest - 1; sent++) {
    await first!.send(" ");
    await new Promise(setImmediate);
  }
  void first!.send(Buffer.alloc(rest - sent, " "));
  const replies = await Promise.all(clients.map((client) => client.reply()));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  for (const client of clients) client.destroy();
});

test("what arrived while the thread stood still is no silence", async () => {
  const service = await serve({ IDLE_TIMEOUT_MS: "100" });
  const client = await RawClient.connect(service.port);
  await client.send(`${head(3)} `);
  await until(() => service.app.lifecycle.budget.bytes > 0);
  // The bytes are with the system, and every timer is due, before this thread looks again.
  void client.send("{}");
  for (const end = performance.now() + 300; performance.now() < end; );
  expect((await client.reply()).status).toBe(200);
  client.destroy();
});

test("100 Continue goes out with the first room", async () => {
  const service = await serve(tight);
  const clients = await unfinishedBodies(service, 4);
  await until(() => service.app.lifecycle.budget.isShort);
  const client = await RawClient.connect(service.port);
  await client.send(head(2 * MiB, "Expect: 100-continue\r\n"));
  for (let i = 0; i < 50; i++) expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  expect(client.received).toBe(0);
  for (const other of clients) other.destroy();
  expect((await client.reply()).status).toBe(100);
  client.destroy();
});

test("a body that brings less than RATE_BYTES_MIN for IDLE_TIMEOUT_MS is refused with 408", async () => {
  const service = await serve({ IDLE_TIMEOUT_MS: "300", RATE_BYTES_MIN: "1000" });
  const client = await RawClient.connect(service.port);
  await client.send(head(5000));
  const trickling = setInterval(() => void client.send(" ").catch(() => undefined), 20);
  const { status, body } = await client.reply();
  clearInterval(trickling);
  expect(status).toBe(408);
  expect((JSON.parse(body) as ProblemReply).detail).toContain("RATE_BYTES_MIN = 1000");
  client.destroy();
});

/** A client that asks for a reply of 32 MiB and reads as much of it as it is told to. */
async function lazyReader(service: Service): Promise<Socket> {
  const socket = connect(service.port, "127.0.0.1");
  socket.on("error", () => undefined).pause();
  await once(socket, "connect");
  socket.write(`${head(2)}{}`);
  return socket;
}

test.each([
  ["takes nothing", 0],
  ["takes a byte now and then", 1],
])("a reader that %s for IDLE_TIMEOUT_MS loses its connection, and what it held is free", async (_how, bytes) => {
  const pool = stubPool({ run: async () => answered("1".repeat(32 * MiB)) });
  const service = await serve({ IDLE_TIMEOUT_MS: "300" }, pool);
  const socket = await lazyReader(service);
  const reading = setInterval(() => bytes > 0 && socket.read(bytes), 20);
  expect(await service.logged(({ code }) => code === "reader_stalled")).toMatchObject({ status: 499, aborted: true });
  clearInterval(reading);
  await until(() => service.app.lifecycle.budget.bytes === 0);
  socket.destroy();
});

test("a refused body is read off at a bounded rate, beside requests that count", async () => {
  const service = await serve({ BODY_BYTES_MAX: String(MiB) });
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(service.port)));
  for (const client of clients) {
    void client.send(head(3 * MiB)).catch(() => undefined);
    void client.send(Buffer.alloc(3 * MiB, " "), false).catch(() => undefined);
  }
  for (let i = 0; i < 20; i++) expect((await post(service, "mse", "{}")).status).toBe(200);
  for (const client of clients) {
    expect((await client.reply()).status).toBe(413);
    await client.closed;
  }
});

test("connections beyond CONNECTIONS_MAX are closed, and the others are served", async () => {
  const service = await startService({ CONNECTIONS_MAX: "2" });
  services.push(service);
  const first = await RawClient.connect(service.port);
  const second = await RawClient.connect(service.port);
  const third = await RawClient.connect(service.port);
  await third.closed;
  first.destroy();
  await first.closed;
  expect(await isWell(service)).toBe(true);
  second.destroy();
});

test("while stopping, Connection: close goes on the last reply that is queued on a connection only", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const pool = stubPool({ run: () => promise.then(() => answered("{}")) });
  const service = await serve({}, pool);
  const client = await RawClient.connect(service.port);
  await client.send(`${head(2)}{}${head(2)}{}`);
  await pool.nextJob();
  await pool.nextJob();
  service.app.lifecycle.startRefusing();
  resolve();
  const replies = [await client.reply(), await client.reply()];
  expect(replies.map(({ status, headers }) => [status, headers["connection"]])).toEqual([
    [200, "keep-alive"],
    [200, "close"],
  ]);
  await client.closed;
});
