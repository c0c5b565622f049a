// What a content-encoding may and may not do: the numbers are those of the plain body, and no body costs more than the
// limits say, whatever it unpacks to.
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchBudget } from "../harness/budget.js";
import { until } from "../harness/counted_pool.js";
import { RawClient } from "../harness/raw_client.js";
import { isWell, type ProblemReply, post, type Service, startService } from "../harness/service.js";
import { stubPool } from "../harness/stub_pool.js";

const bodyBytesMax = 2 ** 21;
const text = '{"logits":[[2.0,1.0,0.1]],"labels":[1]}';
let service: Service;

beforeAll(async () => {
  service = await startService({ BODY_BYTES_MAX: String(bodyBytesMax) });
});
afterAll(() => service.stop());

const flipped = (bytes: Buffer, at: number) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
const gzipped = gzipSync(text);

test.each([
  ["gzip", gzipped],
  ["GZIP", gzipped],
  ["x-gzip", gzipped],
  ["deflate", deflateSync(text)],
  ["identity", Buffer.from(text)],
  ["gzip", Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))])],
])("a body of content-encoding %s has the answer of the plain one", async (encoding, body) => {
  const plain = await post(service, "cce", text);
  const reply = await post(service, "cce", body, { "content-encoding": encoding });
  expect([reply.status, await reply.text()]).toEqual([200, await plain.text()]);
});

test.each([
  ["of another format", "gzip", Buffer.from(text)],
  ["without zlib's header", "deflate", deflateRawSync(text)],
  ["cut off", "gzip", gzipped.subarray(0, -9)],
  ["with a wrong checksum", "gzip", flipped(gzipped, gzipped.length - 6)],
  ["with something behind it", "gzip", Buffer.concat([gzipped, Buffer.from("{}")])],
  ["with something behind it", "deflate", Buffer.concat([deflateSync(text), Buffer.from("{}")])],
  ["of no bytes", "gzip", Buffer.alloc(0)],
])(
  "a body %s under %s is answered with invalid_encoding, and the next one is computed",
  async (_how, encoding, body) => {
    const reply = await post(service, "cce", body, { "content-encoding": encoding });
    const { code, detail } = (await reply.json()) as ProblemReply;
    expect([reply.status, code]).toEqual([400, "invalid_encoding"]);
    expect(detail).toContain(encoding);
    expect(await isWell(service)).toBe(true);
  },
);

test.each(["br", "gzip, gzip", "zstd"])("content-encoding %s is a 415 that says what is taken", async (encoding) => {
  const reply = await post(service, "cce", gzipped, { "content-encoding": encoding });
  expect([reply.status, reply.headers.get("accept-encoding")]).toEqual([415, "gzip, deflate, identity"]);
  expect(((await reply.json()) as ProblemReply).detail).toContain(`"${encoding}"`);
});

const head = (framing: string) =>
  `POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n${framing}\r\n\r\n`;

test("a bomb is a 413 that names what was sent and the limit, to a client that only writes, and ends the connection", async () => {
  // A gigabyte of zeros, in members of 16 MiB.
  const bomb = Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(2 ** 24))));
  const client = await RawClient.connect(service.port);
  await client.send(Buffer.concat([Buffer.from(head(`Content-Length: ${bomb.length}`)), bomb]), false);
  const { status, headers, body } = await client.reply();
  expect([status, headers["connection"]]).toEqual([413, "close"]);
  const { code, detail } = JSON.parse(body) as ProblemReply;
  expect(code).toBe("body_too_large");
  const [, sent, limit] = /the first (\d+) bytes of the body .* BODY_BYTES_MAX = (\d+)/.exec(detail) ?? [];
  expect(Number(limit)).toBe(bodyBytesMax);
  // A thousandth of what it unpacks to is sent, and little more than the limit was unpacked.
  expect(Number(sent)).toBeGreaterThan(bodyBytesMax / 1100);
  expect(Number(sent)).toBeLessThan(bomb.length / 2);
  await client.closed;
});

test("a bomb that is announced as larger than the limit is refused before it is asked for", async () => {
  const client = await RawClient.connect(service.port);
  await client.send(head(`Content-Length: ${bodyBytesMax + 1}\r\nExpect: 100-continue`));
  const { status, body } = await client.reply();
  expect([status, (JSON.parse(body) as ProblemReply).detail]).toEqual([413, expect.stringContaining("BODY_BYTES_MAX")]);
});

test("bytes that unpack to nothing count as they are sent", async () => {
  // An empty stored block of deflate: five bytes that give none.
  const blocks = Buffer.concat([
    gzipSync("").subarray(0, 10),
    ...Array<Buffer>(bodyBytesMax / 4).fill(Buffer.of(0, 0, 0, 255, 255)),
  ]);
  const client = await RawClient.connect(service.port);
  await client.send(head("Transfer-Encoding: chunked"));
  await client.send(`${blocks.length.toString(16)}\r\n`);
  await client.send(blocks);
  await client.send("\r\n0\r\n\r\n");
  const { status, body } = await client.reply();
  expect([status, (JSON.parse(body) as ProblemReply).code]).toEqual([413, "body_too_large"]);
  client.destroy();
});

test("a compressed body is asked for and computed", async () => {
  const body = gzipSync('{"logits":[1],"labels":[3]}');
  const client = await RawClient.connect(service.port);
  await client.send(head(`Content-Length: ${body.length}\r\nExpect: 100-continue`));
  expect((await client.reply()).status).toBe(100);
  await client.send(body);
  expect(JSON.parse((await client.reply()).body)).toMatchObject({ loss: 4 });
  client.destroy();
});

test("a compressed body counts for what it becomes, while it does", async () => {
  const stubbed = await startService({ BODY_BYTES_MAX: String(bodyBytesMax) }, stubPool());
  const budget = watchBudget(stubbed);
  const client = await RawClient.connect(stubbed.port);
  await client.send(Buffer.concat([Buffer.from(head(`Content-Length: ${gzipped.length}`)), gzipped]));
  await until(() => budget.bytes > 0 && budget.bytes >= text.length);
  client.reset();
  await until(() => budget.bytes === 0);
  await stubbed.stop();
});

test("a client that leaves in the middle of a compressed body leaves nothing behind", async () => {
  const stubbed = await startService({}, stubPool());
  const budget = watchBudget(stubbed);
  const client = await RawClient.connect(stubbed.port);
  await client.send(Buffer.concat([Buffer.from(head("Content-Length: 1000")), gzipped]));
  await until(() => budget.bytes > 0);
  client.destroy();
  await until(() => budget.bytes === 0);
  await stubbed.stop();
});
