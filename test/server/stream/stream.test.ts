// A stream of requests, one a line: what comes back, and in which order.
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { exchangeLines, LinesClient } from "../../harness/lines_client.js";
import { RawClient } from "../../harness/raw_client.js";
import { type ProblemReply, post, type Service, startService } from "../../harness/service.js";

let service: Service;

beforeAll(async () => {
  service = await startService({ WORKERS: "2", ELEMENTS_MAX: "1000" });
});
afterAll(() => service.stop());

const ndjson = { "content-type": "application/x-ndjson" };
const squared = (logit: number, id?: number) => JSON.stringify({ id, logits: [logit], labels: [0] });

test("each line is answered with its number and the caller's id; blank ones count and have no answer", async () => {
  const text = `${squared(1, 7)}\n\n \t\r\n{"id":"a","logits":[2],"labels":[0]}\r\n${squared(3)}`;
  const lines = await exchangeLines(service, "mse", text);
  expect(lines.map(({ line, id, loss }) => [line, id, loss])).toEqual([
    [1, 7, 1],
    [4, "a", 4],
    [5, undefined, 9],
    [undefined, undefined, undefined],
  ]);
  expect(lines.at(-1)).toEqual({ done: true, lines: 3, failed: 0, loss_sum: 14, weight_sum: 3, valid_count: 3 });
});

test.each([
  ["nothing", ""],
  ["blank lines", "\n \n\r\n"],
  ["a blank line without an end", "\n \t"],
])("a stream of %s has a summary alone", async (_what, text) => {
  const summary = { done: true, lines: 0, failed: 0, loss_sum: 0, weight_sum: 0, valid_count: 0 };
  expect(await exchangeLines(service, "mse", text)).toEqual([summary]);
});

test("blank lines count, however many they are and wherever they are cut", async () => {
  const client = new LinesClient(service);
  for (let i = 0; i < 5; i++) await client.write("\n \r\n\t".repeat(50_000));
  client.end(` ${squared(2)}`);
  expect(await client.line()).toMatchObject({ line: 500_001, loss: 4 });
  expect(await client.line()).toMatchObject({ done: true, lines: 1 });
});

test.each(losses.map((loss) => [loss.name, loss] as const))(
  "lines of %s are the bytes of single replies",
  async (name, loss) => {
    const requests = loss.examples.map(({ request }) => JSON.stringify(request));
    const client = new LinesClient(service, name);
    client.end(requests.join("\n"));
    for (const [i, request] of requests.entries()) {
      const single = await (await post(service, name, request)).text();
      expect((await client.text())?.replace(`{"line":${i + 1},`, "{")).toBe(single);
    }
    expect(await client.line()).toMatchObject({ done: true, lines: requests.length, failed: 0 });
  },
);

test("options in the query are for every line, and a line's own win", async () => {
  const lines = ["", ',"reduction":"mean"', ',"scale":2', ',"outputs":["gradients"]'].map(
    (own) => `{"logits":[1,3],"labels":[0,0]${own}}`,
  );
  const replies = await exchangeLines(service, "mse", lines.join("\n"), {
    query: "?reduction=sum&outputs=losses",
  });
  expect(replies.map(({ loss, reduction, gradients }) => [loss, reduction, gradients]).slice(0, 4)).toEqual([
    [10, "sum", undefined],
    [5, "mean", undefined],
    [20, "sum", undefined],
    [10, "sum", [2, 6]],
  ]);
});

test.each([
  ["an unknown one", "reductoin=sum", "/reductoin"],
  ["a value out of its bound", "scale=1e999", "/scale"],
  ["one that is given twice", "reduction=sum&reduction=mean", "/reduction"],
  ["a tensor", "logits=1", "/logits"],
  ["a word for a truth value", "summary_only=yes", "/summary_only"],
])("a query with %s is a 422 before any line is read", async (_what, query, pointer) => {
  const init = { method: "POST", headers: ndjson, body: squared(1) };
  const reply = await fetch(`${service.url}/v1/losses/mse?${query}`, init);
  const { code, errors } = (await reply.json()) as ProblemReply;
  expect([reply.status, code, errors?.[0]?.pointer]).toEqual([422, "invalid_request", pointer]);
});

test.each([
  ["no JSON", "logits", 400, "invalid_json", undefined],
  ["two objects", '{"logits":[1],"labels":[0]} {}', 400, "invalid_json", undefined],
  ["an array", "[1]", 422, "invalid_request", ""],
  ["a field missing", '{"labels":[0]}', 422, "invalid_request", "/logits"],
  ["a repeated key", '{"logits":[1],"labels":[0],"labels":[1]}', 400, "duplicate_key", undefined],
  ["two ids", '{"id":1,"logits":[1],"id":2,"labels":[0]}', 400, "duplicate_key", undefined],
  ["an id that is none", '{"id":[1],"logits":[1],"labels":[0]}', 422, "invalid_request", "/id"],
  ["an id that is none, and no JSON", '{"id":null,"logits":[1}', 400, "invalid_json", undefined],
  ["bytes that are no UTF-8", Buffer.of(0x7b, 0xff, 0x7d), 400, "invalid_utf8", undefined],
  [
    "more numbers than ELEMENTS_MAX",
    JSON.stringify({ logits: Array(1001).fill(1) }),
    413,
    "too_many_elements",
    undefined,
  ],
])("a line with %s has its problem, and the stream goes on", async (_what, bad, status, code, pointer) => {
  const text = Buffer.concat([
    Buffer.from(`${squared(1)}\n`),
    Buffer.from(bad as string),
    Buffer.from(`\n${squared(3)}`),
  ]);
  const [first, problem, third, summary] = await exchangeLines(service, "mse", text);
  expect([first?.loss, third?.loss]).toEqual([1, 9]);
  expect(problem).toMatchObject({ line: 2, status, code, type: `/problems/${code}` });
  expect((problem?.["errors"] as ProblemReply["errors"])?.[0]?.pointer).toBe(pointer);
  expect(summary).toEqual({ done: true, lines: 3, failed: 1, loss_sum: 10, weight_sum: 2, valid_count: 2 });
});

test("a byte offset is that of the line as it was sent", async () => {
  const [problem] = await exchangeLines(service, "mse", '{"id":1,"logits":[1],"labels":[x]}', {
    query: "?reduction=sum",
  });
  expect(problem).toMatchObject({ line: 1, id: 1, detail: expect.stringContaining("at byte 31") });
});

test("ten thousand lines come back in their order, whichever worker had them", async () => {
  const sent = Array.from({ length: 10_000 }, (_, i) => squared(i % 100 === 0 ? 1 : i, i));
  const replies = await exchangeLines(service, "mse", sent.join("\n"), { query: "?outputs=losses" });
  expect(replies.map(({ id }) => id)).toEqual([...sent.keys(), undefined]);
  expect(replies.map(({ line }) => line)).toEqual([...sent.map((_, i) => i + 1), undefined]);
  expect(replies.at(-1)).toMatchObject({ done: true, lines: 10_000, failed: 0 });
});

test.each(["", "&nonfinite=error"])(
  "summary_only=true%s sends the last line of the whole stream, and nothing else",
  async (more) => {
    const text = [squared(1), "x", squared(1e200), squared(2)].join("\n");
    const query = "?outputs=losses";
    const whole = await exchangeLines(service, "mse", text, { query: query + more });
    const alone = await exchangeLines(service, "mse", text, { query: `${query}&summary_only=true${more}` });
    expect(alone).toEqual([whole.at(-1)]);
  },
);

test.each([
  ["one stream of gzip", gzipSync(`${squared(1)}\n${squared(2)}`)],
  ["one member a line", Buffer.concat([gzipSync(`${squared(1)}\n`), gzipSync(squared(2))])],
])("lines may come as %s", async (_how, body) => {
  const lines = await exchangeLines(service, "mse", body, { headers: { "content-encoding": "gzip" } });
  expect(lines.map(({ loss }) => loss)).toEqual([1, 4, undefined]);
});

test("a compressed stream that breaks off is answered as far as it came, and ends with the problem", async () => {
  const body = gzipSync(Array.from({ length: 5000 }, (_, i) => squared(i * 1.1)).join("\n"), { level: 0 });
  const lines = await exchangeLines(service, "mse", body.subarray(0, -5000), {
    headers: { "content-encoding": "gzip" },
  });
  const last = lines.pop();
  expect(last).toMatchObject({ done: false, failed: 0, status: 400, code: "invalid_encoding" });
  expect(last?.lines).toBe(lines.length);
  expect(lines.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
});

test.each([
  ["another charset", { "content-type": "application/x-ndjson; charset=latin1" }, 415],
  ["another coding", { ...ndjson, "content-encoding": "br" }, 415],
  ["an Accept without it", { ...ndjson, accept: "application/json" }, 406],
  ["its name in capitals", { "content-type": "Application/X-NDJSON", accept: "application/*" }, 200],
])("a stream with %s is answered with its status at once", async (_what, headers, status) => {
  const reply = await fetch(`${service.url}/v1/losses/mse`, { method: "POST", headers, body: squared(1) });
  expect(reply.status).toBe(status);
  expect(reply.headers.get("content-type")).toBe(status === 200 ? "application/x-ndjson" : "application/problem+json");
});

test("a line is answered before the next one is sent", async () => {
  const client = new LinesClient(service);
  for (const logit of [1, 2, 3]) {
    await client.write(`${squared(logit)}\n`);
    expect(await client.line()).toMatchObject({ line: logit, loss: logit * logit });
  }
  client.end();
  expect(await client.line()).toMatchObject({ done: true, loss_sum: 14 });
});

test("the head of the reply comes before the first line is sent", async () => {
  const client = new LinesClient(service);
  const { statusCode, headers } = await client.response;
  expect([statusCode, headers["x-request-id"]?.length]).toEqual([200, 36]);
  client.end(squared(1));
  expect(await client.rest()).toHaveLength(2);
});

test("Node's fetch writes and reads at once", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  void writer.write(encoder.encode(`${squared(1)}\n`));
  const init = { method: "POST", headers: ndjson, body: readable, duplex: "half" } as const;
  const reply = await fetch(`${service.url}/v1/losses/mse`, init as RequestInit);
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('"loss":1');
  void writer.write(encoder.encode(squared(5)));
  void writer.close();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;
  expect(rest).toContain('"loss":25');
  expect(rest).toContain('"done":true,"lines":2');
});

test("a stream that waits for leave to come is asked for", async () => {
  const client = await RawClient.connect(service.port);
  const text = squared(3);
  await client.send(
    `POST /v1/losses/mse?summary_only=true HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${text.length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  expect((await client.reply()).status).toBe(100);
  await client.send(text);
  expect((await client.reply()).status).toBe(200);
  client.destroy();
});

test("the log has one line for the stream, with its counts and none of its content", async () => {
  await exchangeLines(service, "mse", `${squared(987_654)}\nx`, {
    query: "?reduction=sum",
    headers: { "x-request-id": "counts" },
  });
  const line = await service.logged(({ requestId }) => requestId === "counts");
  expect(line).toMatchObject({ status: 200, loss: "mse", lines: 2, failed: 1, bytes: 34 });
  expect(JSON.stringify(line)).not.toMatch(/987654|reduction/);
});
