// A body that goes on after its reply holds a connection: not for ever.
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, test } from "vitest";
import { lateBodyEnder } from "#lossd/server/hooks/late_bodies.js";
import { keepRecords } from "#lossd/server/http/record.js";
import { RawClient } from "../harness/raw_client.js";

const head = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";

function endLateBodies(app: FastifyInstance, latestMs: number): void {
  const endLateBody = lateBodyEnder(latestMs);
  app.addHook("onSend", async (_request, reply) => endLateBody(reply));
}

async function connectTo(app: FastifyInstance): Promise<RawClient> {
  if (!app.server.listening) await app.listen({ port: 0, host: "127.0.0.1" });
  return RawClient.connect((app.server.address() as AddressInfo).port);
}

test("a connection ends if the body that its reply did not wait for does not come", async () => {
  const app = Fastify();
  keepRecords(app, 1000);
  endLateBodies(app, 100);
  app.get("/", () => ({}));
  const late = await connectTo(app);
  const inTime = await connectTo(app);
  for (const client of [late, inTime]) {
    await client.send(head);
    expect((await client.reply()).status).toBe(200);
  }
  await inTime.send("{}");
  await late.closed;
  await inTime.send(`${head}{}`);
  expect((await inTime.reply()).status).toBe(200);
  inTime.destroy();
  await app.close();
});

test("a reply that took longer than that, as a stream's may, leaves its client as much time as any other", async () => {
  const app = Fastify();
  keepRecords(app, 1000);
  app.addHook("onRequest", async (request) => {
    request.record = { ...request.record, startedAt: performance.now() - 120_000 };
  });
  endLateBodies(app, 60_000);
  app.get("/", () => ({}));
  const client = await connectTo(app);
  await client.send(head);
  expect((await client.reply()).status).toBe(200);
  // Time for the server to end the connection, in turns of its event loop.
  for (let i = 0; i < 50; i++) expect((await app.inject("/")).statusCode).toBe(200);
  await client.send(`{}${head}{}`);
  expect((await client.reply()).status).toBe(200);
  client.destroy();
  await app.close();
});
