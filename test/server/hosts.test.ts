// Which names in a Host header are answered.
import { afterAll, beforeAll, expect, test } from "vitest";
import { exchange, sendJson } from "../harness/raw_client.js";
import { type Service, startService } from "../harness/service.js";

const body = '{"logits":[1],"labels":[3]}';
const curve = "GET /v1/losses/mse/curve";

let local: Service;

beforeAll(async () => {
  local = await startService({ ALLOWED_HOSTS: "" });
});
afterAll(() => local.stop());

test.each([
  ["localhost", 200],
  ["localhost:9999", 200],
  ["LocalHost.:8080", 200],
  ["lossd.localhost", 200],
  ["127.0.0.1:8080", 200],
  ["127.1.2.3", 200],
  ["[::1]:8080", 200],
  ["evil.example", 421],
  ["evil.example:8080", 421],
  ["localhost.evil.example", 421],
  ["evillocalhost", 421],
  ["127.0.0.1.evil.example", 421],
  ["192.168.1.7", 421],
  ["[::2]", 421],
  ["a@localhost.evil.example", 421],
  ["", 421],
])("a service on loopback answers as %j with %i", async (host, status) => {
  for (const line of ["POST /v1/losses/mse", curve, "GET /openapi.json", "GET /docs", "POST /v2/models/mse/infer"]) {
    const reply = await sendJson(local.port, line, body, { host });
    // What the protocol of v2 makes of a body of v1 is a 400.
    expect(line.startsWith("POST /v2") && status === 200 ? reply.status === 400 : reply.status === status).toBe(true);
  }
});

test("the refusal says where to allow a host", async () => {
  const reply = await sendJson(local.port, "GET /v1/losses", body, { host: "evil.example" });
  expect(JSON.parse(reply.body)).toMatchObject({
    code: "unknown_host",
    detail: 'the service does not answer as "evil.example": see ALLOWED_HOSTS',
  });
});

test.each(["/health/live", "/health/ready", "/livez", "/readyz", "/healthz", "/v2/health/live", "/v2/health/ready"])(
  "%s is answered under any name",
  async (path) => {
    expect((await sendJson(local.port, `GET ${path}`, body, { host: "10.1.2.3:8080" })).status).toBe(200);
  },
);

test("a page whose name turned into a local address computes nothing: by its origin it would be our own", async () => {
  const rebound = { host: "evil.example:8080", origin: "http://evil.example:8080" };
  expect((await sendJson(local.port, "POST /v1/losses/mse", body, rebound)).status).toBe(421);
});

test("a request without a host, which no browser sends, is answered", async () => {
  const reply = await exchange(local.port, `GET /v1/losses HTTP/1.0\r\n\r\n`);
  expect(reply.status).toBe(200);
});

test.each([
  ["lossd.example,[::1]:8080", "lossd.example:1", 200],
  ["lossd.example,[::1]:8080", "LOSSD.example", 200],
  ["lossd.example,[::1]:8080", "[::1]:8080", 200],
  ["lossd.example,[::1]:8080", "[::1]:8081", 421],
  ["lossd.example,[::1]:8080", "localhost", 421],
  ["lossd.example,*", "anything", 200],
])("ALLOWED_HOSTS=%s: %s gets %i", async (allowed, host, status) => {
  const chosen = await startService({ ALLOWED_HOSTS: allowed });
  expect((await sendJson(chosen.port, "POST /v1/losses/mse", body, { host })).status).toBe(status);
  await chosen.stop();
});

test("a service that other machines reach answers under any name unless it is told", async () => {
  const reached = await startService({ ALLOWED_HOSTS: "", HOST: "0.0.0.0" });
  expect((await sendJson(reached.port, "POST /v1/losses/mse", body, { host: "anything" })).status).toBe(200);
  await reached.stop();
});
