// What every reply carries, and the routes that compute nothing.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { exchange } from "../harness/raw_client.js";
import { type ProblemReply, post, type Service, startService } from "../harness/service.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const body = '{"logits":[[2.0,1.0,0.1]],"labels":[1]}';
const get = (path: string, init?: RequestInit) => fetch(service.url + path, { redirect: "manual", ...init });

test("a reply has the answer's bytes, its length, its engine and where the time went", async () => {
  const response = await post(service, "cross_entropy", body);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ loss: 1.4170300162778335, reduction: "mean", valid_count: 1 });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(text)),
    "cache-control": "no-store",
  });
  const timing = response.headers.get("server-timing");
  expect(timing).toMatch(/^queue;dur=[\d.]+, parse;dur=[\d.]+, compute;dur=[\d.]+, print;dur=[\d.]+$/);
});

test.each([
  ["a computation", "/v1/losses/mse", { method: "POST", body: "{" }],
  ["the catalogue", "/v1/losses", {}],
  ["the document", "/openapi.json", {}],
  ["the docs", "/docs", {}],
  ["health", "/livez", {}],
  ["nothing", "/nothing", {}],
  ["the redirect", "/", {}],
])("the reply of %s says which request, which engine and which times", async (_what, path, init) => {
  const { headers } = await get(path, init);
  expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get("x-lossd-version")).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
  expect(headers.get("server-timing")).toContain("queue;dur=");
});

test.each([
  ["job-7_a.b", true],
  ["a".repeat(64), true],
  ["a".repeat(65), false],
  ["a b", false],
  ['"quoted"', false],
])("the caller's id %s is kept: %s", async (id, kept) => {
  const response = await get("/livez", { headers: { "x-request-id": id } });
  expect(response.headers.get("x-request-id") === id).toBe(kept);
});

test("an alias computes what its loss computes", async () => {
  const [one, other] = [await post(service, "cross_entropy", body), await post(service, "cce", body)];
  expect(await one.text()).toBe(await other.text());
});

test.each([
  ["none", {}, 415],
  ["text/plain", { "content-type": "text/plain" }, 415],
  ["application/json", { "content-type": "application/json" }, 200],
  ["its name in capitals", { "content-type": "Application/JSON; Charset=UTF-8" }, 200],
  ["a quoted charset", { "content-type": 'application/json;charset="utf-8"' }, 200],
  ["another charset", { "content-type": "application/json; charset=latin1" }, 415],
  ["a suffix", { "content-type": "application/problem+json" }, 415],
  ["compressed by brotli", { "content-type": "application/json", "content-encoding": "br" }, 415],
  ["identity", { "content-type": "application/json", "content-encoding": "identity" }, 200],
])("a body whose media type is %s", async (_what, headers: Record<string, string>, status) => {
  const lines = Object.entries({ host: "a", "content-length": String(body.length), ...headers });
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const reply = await exchange(service.port, `POST /v1/losses/cce HTTP/1.1\r\n${text}\r\n${body}`);
  expect(reply.status).toBe(status);
  expect(reply.headers["accept-post"]).toBe(status === 415 ? "application/json, application/x-ndjson" : undefined);
});

test.each([
  ["application/json", 200],
  ["*/*", 200],
  ["text/html, application/*;q=0.1", 200],
  ["text/html", 406],
  ["application/json;q=0, */*", 406],
  ["image/svg+xml, text/csv", 406],
])("accept: %s is answered with %i", async (accept, status) => {
  const catalogue = await get("/v1/losses", { headers: { accept } });
  const computed = await post(service, "cce", body, { accept });
  expect([catalogue.status, computed.status]).toEqual([status, status]);
  if (status === 406) expect(((await computed.json()) as ProblemReply).code).toBe("not_acceptable");
});

test.each([
  ["PUT", "/v1/losses/mse", "GET, HEAD, POST"],
  ["DELETE", "/v1/losses/bce", "GET, HEAD, POST"],
  ["OPTIONS", "/v1/losses", "GET, HEAD"],
  ["POST", "/livez", "GET, HEAD"],
  ["POST", "/v1/losses/mse/curve", "GET, HEAD"],
  ["PROPFIND", "/", "GET, HEAD"],
])("%s %s is a 405 that allows %s", async (method, path, allow) => {
  const response = await get(path, { method });
  expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
  expect(((await response.json()) as ProblemReply).code).toBe("method_not_allowed");
});

test("a body of any type to a path that is not there is a 404", async () => {
  const headers = { "content-type": "???" };
  const response = await get("/v1/loss/mse", { method: "POST", body: "x", headers });
  expect([response.status, ((await response.json()) as ProblemReply).code]).toEqual([404, "not_found"]);
});

test("HEAD is GET without a body", async () => {
  const response = await get("/v1/losses/mse", { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

test("the catalogue lists every loss, each as its own page shows it", async () => {
  const catalogue = (await (await get("/v1/losses")).json()) as { losses: { name: string; aliases: string[] }[] };
  expect(catalogue.losses.map(({ name }) => name)).toEqual(losses.map(({ name }) => name));
  for (const entry of catalogue.losses) {
    for (const name of [entry.name, ...entry.aliases]) {
      expect(await (await get(`/v1/losses/${name}`)).json()).toEqual(entry);
    }
  }
});

test.each(["/health/live", "/livez", "/healthz", "/health/ready", "/readyz"])("%s says ok", async (path) => {
  const response = await get(path);
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});

test("a request leaves one line, with what it cost and without what it said", async () => {
  const path = "/v1/losses/cce";
  const headers = { "content-type": "application/json", "x-request-id": "logged-1", authorization: "canary-2" };
  const canary = '{"logits":[[2.0,1.0,0.1]],"labels":[1],"canary-3":1}';
  await get(path, { method: "POST", headers, body });
  const refused = { method: "POST", headers: { ...headers, "x-request-id": "logged-2" } };
  await get(path, { ...refused, body: canary });
  await get(`${path}?token=canary-1`, { ...refused, body });
  await vi.waitFor(() => expect(service.lines.filter(({ requestId }) => requestId === "logged-2")).toHaveLength(2));
  const lines = service.lines.filter(({ requestId }) => requestId === "logged-1");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: 30,
    method: "POST",
    route: "/v1/losses/cce",
    status: 200,
    loss: "cross_entropy",
    rows: 1,
    columns: 3,
    bytes: body.length,
  });
  for (const name of ["queueMs", "computeMs", "ms"]) expect(lines[0]![name]).toBeGreaterThanOrEqual(0);
  expect(JSON.stringify(service.lines)).not.toContain("canary");
});

test("a path that is not there leaves no trace of itself in the log", async () => {
  await get("/canary-path", { headers: { "x-request-id": "lost-1" } });
  const line = await service.logged(({ requestId }) => requestId === "lost-1");
  expect(line["route"]).toBe("unmatched");
  expect(JSON.stringify(service.lines)).not.toContain("canary");
});
