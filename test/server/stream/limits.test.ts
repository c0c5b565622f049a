// What a stream may take: of lines, of places in the pool, of memory and of time. Nothing stays taken.
import { afterEach, expect, test } from "vitest";
import type { Environment } from "#lossd/config.js";
import { Problem } from "#lossd/problems.js";
import { watchBudget } from "../../harness/budget.js";
import { CountedPool, until } from "../../harness/counted_pool.js";
import { exchangeLines, LinesClient } from "../../harness/lines_client.js";
import { isWell, type Service, startService } from "../../harness/service.js";

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

async function serve(env: Environment = {}, pool?: CountedPool): Promise<Service> {
  const service = await startService(env, pool);
  services.push(service);
  return service;
}

const line = (logit: number, id?: number | string) => JSON.stringify({ id, logits: [logit], labels: [0] });
/** A line of so many bytes. */
const wide = (bytes: number) => line(1).replace("{", `{${" ".repeat(bytes - line(1).length)}`);
const codes = (lines: readonly { line?: number; code?: string; loss?: number }[]) =>
  lines.map((reply) => reply.code ?? reply.loss);

test.each([
  ["in one piece", `${line(2)}\n${wide(2049)}\n${line(3)}`, [4, "body_too_large", 9, undefined]],
  ["that is the last, without an end", `${line(2)}\n${wide(2049)}`, [4, "body_too_large", undefined]],
  ["of several pieces", `${line(2)}\n${wide(200_000)}\n${line(3)}`, [4, "body_too_large", 9, undefined]],
  [
    "beside one of just the limit",
    `${wide(2048)}\n${wide(2049)}\r\n${wide(2048)}\n`,
    [1, "body_too_large", 1, undefined],
  ],
])("a line beyond BODY_BYTES_MAX, %s, has its problem and is passed over", async (_how, text, expected) => {
  const service = await serve({ BODY_BYTES_MAX: text.length > 200_000 ? "65536" : "2048" });
  const lines = await exchangeLines(service, "mse", text);
  expect(codes(lines)).toEqual(expected);
  expect(lines.find(({ code }) => code)?.detail).toContain("BODY_BYTES_MAX");
  expect(lines.at(-1)).toMatchObject({ done: true, lines: expected.length - 1 });
});

test("a line without an end is passed over up to four times the limit, then the stream ends", async () => {
  const pool = new CountedPool();
  const service = await serve({ BODY_BYTES_MAX: "65536" }, pool);
  const budget = watchBudget(service);
  const lines = await exchangeLines(service, "mse", `${line(2)}\n${wide(2 ** 19)}`);
  expect(codes(lines)).toEqual([4, "body_too_large", "body_too_large"]);
  expect(lines.at(-1)).toMatchObject({ done: false, lines: 2, failed: 1 });
  expect([pool.tasks, budget.bytes]).toEqual([0, 0]);
});

test("a large line reserves BODY_BYTES_MAX until its size is known", async () => {
  const pool = new CountedPool();
  const service = await serve({ BODY_BYTES_MAX: "1048576" }, pool);
  const budget = watchBudget(service);
  const client = new LinesClient(service);
  await client.write(wide(200_000));
  await until(() => budget.bytes === 1_048_576);
  client.end();
  expect(codes(await client.rest())).toEqual([1, undefined]);
  expect([pool.tasks, budget.bytes]).toEqual([0, 0]);
});

test.each(["worker_crashed", "deadline_exceeded"] as const)(
  "lines that were sent to a worker with one that ends in %s are tried without it",
  async (code) => {
    const pool = new CountedPool((job) => {
      if (Buffer.from(job.body).includes("poison")) throw new Problem(code, "as the pool says");
    });
    const service = await serve({}, pool);
    const lines = await exchangeLines(service, "mse", [line(1, "a"), line(2, "poison"), "", line(3, "c")].join("\n"));
    expect(lines.map((reply) => [reply.line, reply.id, reply.code ?? reply.loss])).toEqual([
      [1, "a", 1],
      [2, "poison", code],
      [4, "c", 9],
      [undefined, undefined, undefined],
    ]);
    expect(lines.at(-1)).toMatchObject({ lines: 3, failed: 1, loss_sum: 10 });
  },
);

test("each line has REQUEST_TIMEOUT_MS of its own from its worker", async () => {
  const hours = 3_600_000;
  const deadlines: number[] = [];
  const pool = new CountedPool();
  const submit = pool.submit.bind(pool);
  pool.submit = (job, options) => {
    deadlines.push(options.deadlineMs);
    return submit(job, options);
  };
  const service = await serve({ REQUEST_TIMEOUT_MS: String(hours) }, pool);
  const client = new LinesClient(service);
  for (const logit of [1, 2]) {
    await client.write(`${line(logit)}\n`);
    await client.line();
  }
  client.end();
  await client.rest();
  expect(deadlines).toHaveLength(2);
  for (const deadline of deadlines) expect(Math.abs(deadline - performance.now() - hours)).toBeLessThan(60_000);
  expect(deadlines[1]).toBeGreaterThan(deadlines[0]!);
});

test("a full queue makes a stream wait, and fails nothing", async () => {
  const pool = new CountedPool();
  pool.full = true;
  const service = await serve({}, pool);
  const client = new LinesClient(service);
  client.end(`${line(1)}\n${line(2)}`);
  await until(() => pool.refused > 2);
  pool.full = false;
  expect(codes(await client.rest())).toEqual([1, 4, undefined]);
});

test("a queue that stays full for REQUEST_TIMEOUT_MS costs a line its answer", async () => {
  const pool = new CountedPool();
  pool.full = true;
  const service = await serve({ REQUEST_TIMEOUT_MS: "100", HEADERS_TIMEOUT_MS: "100" }, pool);
  const lines = await exchangeLines(service, "mse", `${line(1, 5)}\n`);
  expect(lines[0]).toMatchObject({ line: 1, id: 5, code: "deadline_exceeded", status: 504 });
  expect(lines[1]).toMatchObject({ done: true, failed: 1 });
});

test("however many lines wait, a stream takes a place a worker and one more, and ordinary requests go between", async () => {
  const gates: (() => void)[] = [];
  const pool = new CountedPool((job) =>
    job.format === "lines" ? new Promise<void>((open) => gates.push(open)) : undefined,
  );
  const service = await serve({ WORKERS: "2" }, pool);
  const budget = watchBudget(service);
  const client = new LinesClient(service);
  client.end(Array.from({ length: 5000 }, (_, i) => line(i)).join("\n"));
  await until(() => gates.length === 3);
  expect(await isWell(service)).toBe(true);
  expect(pool.tasks).toBe(3);
  const opening = setInterval(() => gates.shift()?.(), 1);
  expect(await client.rest()).toHaveLength(5001);
  clearInterval(opening);
  expect([pool.tasksMost, pool.tasks, budget.bytes]).toEqual([4, 0, 0]);
});

const buffer = 2 ** 18;
const manyLines = 700;
/** Replies of 40 KB: together more than the system holds for a connection. */
const request = JSON.stringify({ logits: Array(1000).fill(1.0123456789), labels: Array(1000).fill(0) });

/** Unread replies, and bundles at work. */
const bound = buffer + 2 * 2 ** 16;

test("a client that reads late has it all, and no more than the bound is held for it meanwhile", async () => {
  const pool = new CountedPool();
  const service = await serve({ STREAM_BUFFER_BYTES_MAX: String(buffer) }, pool);
  const budget = watchBudget(service);
  const client = new LinesClient(service);
  const writing = client.end(`${request}\n`.repeat(manyLines));
  // The unread replies have taken the place that they may fill.
  await until(() => budget.bytes >= buffer);
  expect(await client.rest()).toHaveLength(manyLines + 1);
  await writing;
  expect(budget.most).toBeLessThan(bound);
  await until(() => pool.tasks === 0);
});

test("a client that only writes is told so after IDLE_TIMEOUT_MS, once its writing is over", async () => {
  const pool = new CountedPool();
  const service = await serve({ STREAM_BUFFER_BYTES_MAX: String(buffer), IDLE_TIMEOUT_MS: "200" }, pool);
  const budget = watchBudget(service);
  const client = new LinesClient(service);
  await client.end(`${request}\n`.repeat(manyLines));
  const lines = await client.rest();
  const last = lines.pop();
  expect(last).toMatchObject({ done: false, code: "reader_stalled", status: 408, lines: lines.length, failed: 0 });
  expect(last?.detail).toContain("IDLE_TIMEOUT_MS = 200");
  expect(lines.length).toBeLessThan(manyLines);
  expect(budget.most).toBeLessThan(bound);
  expect(lines.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
  expect([pool.tasks, budget.bytes]).toEqual([0, 0]);
});

test("summary_only needs no reading", async () => {
  const service = await serve({ STREAM_BUFFER_BYTES_MAX: "1024", IDLE_TIMEOUT_MS: "1000" });
  const lines = await exchangeLines(service, "mse", `${request}\n`.repeat(manyLines), { query: "?summary_only=true" });
  expect(lines).toMatchObject([{ done: true, lines: manyLines, failed: 0, valid_count: manyLines * 1000 }]);
});
