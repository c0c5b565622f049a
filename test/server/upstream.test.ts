// Each test asserts that a fault of Fastify or Node which we work around is still there. When one fails after an upgrade,
// delete the test and the workaround that it names.
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { exchange, RawClient } from "../harness/raw_client.js";

let app: FastifyInstance;
afterEach(async () => {
  app.server.closeAllConnections();
  await app.close();
});

async function listen(instance: FastifyInstance): Promise<number> {
  app = instance;
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}

const plain = () => {
  const instance = Fastify();
  instance.get("/", () => ({}));
  instance.post("/", (request) => request.body);
  return instance;
};

test.each([
  ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 200],
  ["an HTTP/0.9 request line", "GET /\r\n\r\n", 200],
])("Node lets %s pass (http_rules.ts)", async (_what, bytes, status) => {
  expect((await exchange(await listen(plain()), bytes)).status).toBe(status);
});

test("Node answers a request without a Host with an empty body (requireHostHeader)", async () => {
  const { status, body } = await exchange(await listen(plain()), "GET / HTTP/1.1\r\n\r\n");
  expect([status, body]).toEqual([400, ""]);
});

test("Fastify turns a text into a number and drops an unknown key (setValidatorCompiler)", async () => {
  const instance = Fastify();
  const properties = { delta: { type: "number" } };
  const schema = { body: { type: "object", properties, additionalProperties: false } };
  instance.post("/", { schema }, (request) => request.body);
  app = instance;
  const reply = await instance.inject({ method: "POST", url: "/", payload: { delta: "2", detla: 3 } });
  expect(reply.json()).toEqual({ delta: 2 });
});

test("Fastify's request.signal aborts as soon as a body is read (our own deadline and close listener)", async () => {
  const instance = Fastify({ handlerTimeout: 60_000 });
  instance.post("/", async (request) => {
    if (!request.signal.aborted) await once(request.signal, "abort");
    return {};
  });
  const bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  const client = await RawClient.connect(await listen(instance));
  await client.send(bytes);
  expect((await client.reply()).status).toBe(200);
  client.destroy();
});

test("Fastify's close() waits for a connection that goes idle after it was called (drain.ts)", async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: leave, resolve: release } = Promise.withResolvers<void>();
  const instance = Fastify({ return503OnClosing: false });
  instance.get("/", async () => {
    enter();
    await leave;
    return {};
  });
  const client = await RawClient.connect(await listen(instance));
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await entered;
  let closed = false;
  const closing = app.close().then(() => {
    closed = true;
  });
  while (app.server.listening) await setImmediate();
  release();
  const { headers } = await client.reply();
  expect([headers["connection"], closed]).toEqual(["keep-alive", false]);
  app.server.closeIdleConnections();
  await closing;
});

test("Node tells how much of one write waits for its reader only by the handle of the socket (send.ts)", async () => {
  const instance = Fastify();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  instance.get("/", (request, reply) => {
    reply.hijack();
    const { socket } = request.raw;
    reply.raw.writeHead(200, { "content-length": 2 ** 26 }).end(Buffer.alloc(2 ** 26));
    globalThis.setImmediate(() =>
      resolve((socket as unknown as { _handle: { writeQueueSize: number } })._handle.writeQueueSize),
    );
  });
  const socket = connect(await listen(instance), "127.0.0.1").pause();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const waiting = await promise;
  expect(waiting).toBeGreaterThan(0);
  expect(waiting).toBeLessThan(2 ** 26);
  socket.destroy();
});
