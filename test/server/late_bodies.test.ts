// A body that goes on after its reply holds a connection: not for ever.
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { endLateBodies } from "#lossd/server/plugins/late_bodies.js";
import { keepRecords } from "#lossd/server/request_record.js";
import { RawClient } from "./raw_client.js";

const head = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";

test("a connection ends if the body that its reply did not wait for does not come", async () => {
  const app = Fastify();
  keepRecords(app, 1000);
  endLateBodies(app, 100);
  app.get("/", () => ({}));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const late = await RawClient.connect(port);
  const inTime = await RawClient.connect(port);
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
