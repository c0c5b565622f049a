// A client that writes its whole body before it reads must get to the 413: closing the connection under it would send it
// a reset instead.
import { spawn, spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchBudget } from "../harness/budget.js";
import { until } from "../harness/counted_pool.js";
import { RawClient } from "../harness/raw_client.js";
import { isWell, type ProblemReply, type Service, startService } from "../harness/service.js";
import { stubPool } from "../harness/stub_pool.js";

const bodyBytesMax = 2 ** 21;
const hasPython = spawnSync("python3", ["--version"]).status === 0;
let service: Service;

beforeAll(async () => {
  service = await startService({ BODY_BYTES_MAX: String(bodyBytesMax) });
});
afterAll(() => service.stop());

const head = (framing: string) =>
  `POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;
const chunked = (bytes: number) => `${bytes.toString(16)}\r\n${" ".repeat(bytes)}\r\n0\r\n\r\n`;

test.each([
  ["of a length that it announced", (bytes: number) => head(`Content-Length: ${bytes}`) + " ".repeat(bytes)],
  ["in chunks", (bytes: number) => head("Transfer-Encoding: chunked") + chunked(bytes)],
])("a client that only writes reads the 413 to a body %s, and its connection ends", async (_how, message) => {
  const client = await RawClient.connect(service.port);
  await client.send(message(3 * bodyBytesMax), false);
  const { status, headers, body } = await client.reply();
  expect(status).toBe(413);
  expect(headers["connection"]).toBe("close");
  const { code, detail } = JSON.parse(body) as ProblemReply;
  expect(code).toBe("body_too_large");
  expect(detail).toContain(`BODY_BYTES_MAX = ${bodyBytesMax}`);
  client.halfClose();
  await client.closed;
});

test("a body of one byte too many is answered at once, before any of it has come", async () => {
  const client = await RawClient.connect(service.port);
  await client.send(head(`Content-Length: ${bodyBytesMax + 1}`));
  const { status, headers } = await client.reply();
  expect([status, headers["connection"]]).toEqual([413, "close"]);
  client.destroy();
});

test.each([
  ["announced", `${head(`Content-Length: ${4 * bodyBytesMax + 1}`)}`],
  ["sent in chunks", head("Transfer-Encoding: chunked") + chunked(8 * bodyBytesMax)],
])(
  "a body of more than four times the limit, %s, is not waited for: 413, and the connection ends",
  async (_how, bytes) => {
    const client = await RawClient.connect(service.port);
    // The system may refuse the rest of the body once the reply is out.
    await client.send(bytes).catch(() => undefined);
    const { status, headers } = await client.reply();
    expect([status, headers["connection"]]).toEqual([413, "close"]);
    await client.closed;
    expect(await isWell(service)).toBe(true);
  },
);

test("a body that waits for leave to come is refused without being asked for", async () => {
  const client = await RawClient.connect(service.port);
  await client.send(head(`Content-Length: ${2 * bodyBytesMax}\r\nExpect: 100-continue`));
  const { status, headers } = await client.reply();
  expect([status, headers["connection"]]).toEqual([413, "close"]);
});

test("a body that waits for leave to come is asked for and computed", async () => {
  const client = await RawClient.connect(service.port);
  const body = '{"logits":[1],"labels":[3]}';
  await client.send(head(`Content-Length: ${body.length}\r\nExpect: 100-continue`));
  expect((await client.reply()).status).toBe(100);
  await client.send(body);
  expect(JSON.parse((await client.reply()).body)).toMatchObject({ loss: 4 });
  client.destroy();
});

test("a chunked body counts for the bytes that are there", async () => {
  const stubbed = await startService({ BODY_BYTES_MAX: String(bodyBytesMax) }, stubPool());
  const budget = watchBudget(stubbed);
  const client = await RawClient.connect(stubbed.port);
  await client.send(`${head("Transfer-Encoding: chunked")}a\r\n0123456789\r\n`);
  await until(() => budget.bytes > 0);
  await client.send("0\r\n\r\n");
  await until(() => budget.bytes === 10);
  client.reset();
  await until(() => budget.bytes === 0);
  await stubbed.stop();
});

const python = `
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=30)
for attempt in range(10):
    connection.request("POST", "/v1/losses/mse", b" " * int(sys.argv[2]), {"content-type": "application/json"})
    reply = connection.getresponse()
    print(reply.status, b"body_too_large" in reply.read())
`;

test.runIf(hasPython)(
  "Python's http.client, which writes all before it reads, gets the 413 ten times of ten",
  async () => {
    const child = spawn("python3", ["-c", python, String(service.port), String(2 * bodyBytesMax)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    for await (const chunk of child.stdout) output += String(chunk);
    expect(output).toBe("413 True\n".repeat(10));
  },
);
