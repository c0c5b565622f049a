// Requests that are no HTTP, or HTTP that two parsers could read in two ways: whatever answers, and wherever the request
// stopped, the reply has the one shape, and the connection ends.
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProblemCode, problems } from "#lossd/problems.js";
import { exchange, RawClient } from "../harness/raw_client.js";
import { isWell, type ProblemReply, type Service, startService } from "../harness/service.js";
import { stubPool } from "../harness/stub_pool.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const host = "Host: a\r\n";
const json = "Content-Type: application/json\r\n";
const request = (headers: string, body = "") => `POST /v1/losses/mse HTTP/1.1\r\n${headers}\r\n${body}`;

const rows: readonly { readonly what: string; readonly bytes: string; readonly code: ProblemCode }[] = [
  { what: "a line that is no request", bytes: "NONSENSE\r\n\r\n", code: "bad_request" },
  { what: "a TLS greeting", bytes: "\x16\x03\x01\x00\xa5\x01\r\n\r\n", code: "bad_request" },
  { what: "an HTTP/0.9 request line", bytes: "GET /livez\r\n\r\n", code: "bad_request" },
  { what: "HTTP/2.0 in the request line", bytes: `GET /livez HTTP/2.0\r\n${host}\r\n`, code: "bad_request" },
  { what: "no Host", bytes: "GET /livez HTTP/1.1\r\n\r\n", code: "bad_request" },
  { what: "two Hosts", bytes: `GET /livez HTTP/1.1\r\n${host}Host: b\r\n\r\n`, code: "bad_request" },
  {
    what: "a space before a header's colon",
    bytes: `GET /livez HTTP/1.1\r\n${host}x : 1\r\n\r\n`,
    code: "bad_request",
  },
  { what: "a NUL in a header", bytes: `GET /livez HTTP/1.1\r\n${host}x: \0\r\n\r\n`, code: "bad_request" },
  { what: "a folded header", bytes: `GET /livez HTTP/1.1\r\n${host}x: 1\r\n 2\r\n\r\n`, code: "bad_request" },
  { what: "a path that cannot be decoded", bytes: `GET /%zz HTTP/1.1\r\n${host}\r\n`, code: "bad_request" },
  { what: "CONNECT", bytes: "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", code: "bad_request" },
  {
    what: "headers of 20 KB",
    bytes: `GET / HTTP/1.1\r\n${host}x: ${"a".repeat(20_000)}\r\n\r\n`,
    code: "headers_too_large",
  },
  { what: "a negative length", bytes: request(`${host}${json}Content-Length: -1\r\n`), code: "bad_request" },
  { what: "a length that is no number", bytes: request(`${host}${json}Content-Length: 1x\r\n`), code: "bad_request" },
  {
    what: "two lengths",
    bytes: request(`${host}${json}Content-Length: 1\r\nContent-Length: 2\r\n`, "{}"),
    code: "bad_request",
  },
  {
    what: "a length and chunks",
    bytes: request(`${host}${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n`, "0\r\n\r\n"),
    code: "bad_request",
  },
  {
    what: "compressed chunks",
    bytes: request(`${host}${json}Transfer-Encoding: gzip, chunked\r\n`, "0\r\n\r\n"),
    code: "bad_request",
  },
  {
    what: "an encoding that is not chunked",
    bytes: request(`${host}${json}Transfer-Encoding: identity\r\n`, "0\r\n\r\n"),
    code: "bad_request",
  },
  {
    what: "a chunk size that is no number",
    bytes: request(`${host}${json}Transfer-Encoding: chunked\r\n`, "zz\r\n"),
    code: "bad_request",
  },
];

test.each(rows)("answers $what with $code and ends the connection", async ({ bytes, code }) => {
  const client = await RawClient.connect(service.port);
  await client.send(bytes);
  const { status, headers, body } = await client.reply();
  await client.closed;
  const problem = JSON.parse(body) as ProblemReply;
  expect(problem).toMatchObject({ code, status, title: problems[code].title, type: `/problems/${code}` });
  expect(status).toBe(problems[code].status);
  expect(headers).toMatchObject({
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "x-request-id": problem.request_id,
    connection: "close",
  });
  expect(headers["x-lossd-version"]).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
  expect(headers["server-timing"]).toContain("compute;dur=");
  expect(await isWell(service)).toBe(true);
});

test("answers headers that stop coming with 408", async () => {
  const slow = await startService({ HEADERS_TIMEOUT_MS: "100", REQUEST_TIMEOUT_MS: "1000" }, stubPool());
  const { status, body } = await exchange(slow.port, "GET /livez HTTP/1.1\r\nHost");
  expect([status, (JSON.parse(body) as ProblemReply).code]).toEqual([408, "request_timeout"]);
  await slow.stop();
});

test("ignores an expectation that it does not know", async () => {
  const { status } = await exchange(service.port, `GET /livez HTTP/1.1\r\n${host}Expect: tea\r\n\r\n`);
  expect(status).toBe(200);
});

test("answers requests that were sent before the first one's answer, in their order", async () => {
  const client = await RawClient.connect(service.port);
  const body = '{"logits":[1],"labels":[3]}';
  const first = request(`${host}${json}Content-Length: ${body.length}\r\n`, body);
  await client.send(`${first}GET /livez HTTP/1.1\r\n${host}\r\n`);
  expect(JSON.parse((await client.reply()).body)).toMatchObject({ loss: 4 });
  expect(JSON.parse((await client.reply()).body)).toEqual({ status: "ok" });
  client.destroy();
});

test.each([
  ["a path that cannot be decoded", `GET /%zz HTTP/1.1\r\n${host}\r\n`],
  ["a line that is no request", "NONSENSE\r\n\r\n"],
])("the answer to a request comes before that to %s behind it on the connection", async (_what, behind) => {
  const body = JSON.stringify({ logits: Array(50_000).fill(0.5), labels: Array(50_000).fill(1) });
  const client = await RawClient.connect(service.port);
  await client.send(request(`${host}${json}Content-Length: ${body.length}\r\n`, body) + behind);
  expect((await client.reply()).status).toBe(200);
  expect((await client.reply()).status).toBe(400);
});

test("replies that wait for their turn end with their connection", async () => {
  const pool = stubPool();
  const stalled = await startService({}, pool);
  const client = await RawClient.connect(stalled.port);
  await client.send(request(`${host}${json}Content-Length: 2\r\n`, "{}").repeat(3));
  for (let count = 0; count < 3; count++) await pool.nextJob();
  client.reset();
  for (let count = 0; count < 3; count++) await pool.nextCancel();
  expect(stalled.app.lifecycle.requests).toBe(0);
  await stalled.stop();
});

const refusals = () => service.lines.filter(({ msg }) => msg === "request refused").length;

test("a connection that is reset inside its headers is answered with nothing, and no request is logged", async () => {
  const before = refusals();
  const accepted = once(service.app.server, "connection");
  const client = await RawClient.connect(service.port);
  const [socket] = (await accepted) as [Socket];
  await client.send("GET /livez HTTP/1.1\r\nHo");
  client.reset();
  await new Promise((resolve) => socket.once("close", resolve));
  expect([socket.bytesWritten, refusals()]).toEqual([0, before]);
});

test("what follows a refused request on its connection is not refused again", async () => {
  const before = refusals();
  const client = await RawClient.connect(service.port);
  // More than Node reads at a time: its parser complains of each piece.
  await client.send(`NONSENSE\r\n\r\n${"x".repeat(100_000)}`);
  expect((await client.reply()).status).toBe(400);
  await client.closed;
  expect(refusals()).toBe(before + 1);
});
