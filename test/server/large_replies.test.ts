// A large reply lies in memory that other replies lay in before, and will lie in again: each has to be its own to the last
// byte, however many are on their way.
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer, type Job } from "#lossd/service/formats.js";
import { watchBudget } from "../harness/budget.js";
import { CountedPool } from "../harness/counted_pool.js";
import { post, type Service, startService } from "../harness/service.js";
import { message } from "../harness/v2.js";

let service: Service;
beforeAll(async () => {
  service = await startService({ WORKERS: "2", CUT_BYTES_MIN: "300000" });
});
afterAll(() => service.stop());

type Numbers = (place: number) => number;
const long: Numbers = (place) => Math.sin(place) * 10;
const short: Numbers = (place) => place % 7;

function batch(rows: number, number: Numbers) {
  const logits = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: 100 }, (_, column) => number(row * 100 + column)),
  );
  return { logits, labels: logits.map((_, row) => row % 100) };
}

const v1 = (request: object) => ({
  format: "json" as const,
  loss: "cross_entropy",
  body: Buffer.from(JSON.stringify(request)),
  elementsMax: 1e6,
});

function v2(rows: number, binary: boolean): Job {
  const { logits, labels } = batch(rows, long);
  const made = message({
    inputs: [
      { name: "logits", datatype: "FP32", shape: [rows, 100], data: logits.flat().map(Math.fround), binary },
      { name: "labels", datatype: "INT64", shape: [rows], data: labels },
    ],
    parameters: { binary_data_output: binary },
  });
  return { loss: "cross_entropy", format: "v2", elementsMax: 1e6, ...made };
}

const jobs: readonly [string, Job][] = [
  ["of JSON", v1(batch(60, long))],
  ["of JSON that is cut over workers", v1(batch(200, long))],
  ["of JSON that is much larger than its body", v1(batch(400, short))],
  ["of JSON that is cut, and much larger than its body", v1(batch(1600, short))],
  ["of flat JSON", v1({ ...batch(70, long), encoding: "flat" })],
  ["of base64", v1({ ...batch(80, long), encoding: "b64" })],
  ["that is small", v1({ ...batch(90, long), outputs: ["loss"] })],
  ["that is a refusal", v1({ ...batch(100, long), outputs: "loss" })],
  ["of v2 in JSON", v2(110, false)],
  ["of v2 in binary", v2(300, true)],
];

async function ask(job: Job): Promise<Buffer> {
  const { loss, format, body } = job;
  const jsonLength = "jsonLength" in job && job.jsonLength;
  const path = format === "v2" ? `/v2/models/${loss}/infer` : `/v1/losses/${loss}`;
  const headers = {
    "content-type": "application/json",
    ...(jsonLength && { "inference-header-content-length": String(jsonLength) }),
  };
  const reply = await fetch(service.url + path, { method: "POST", headers, body: Buffer.from(body) });
  return Buffer.from(await reply.arrayBuffer());
}

test.each(jobs)("a reply %s is its own, while all others are on their way", async (_what, job) => {
  const result = answer(job);
  const others = Promise.all(jobs.map(([, other]) => ask(other)));
  const replies = await Promise.all([ask(job), ask(job), ask(job)]);
  await others;
  for (const reply of [...replies, await ask(job)]) {
    if (result.ok) expect(reply.equals(Buffer.concat(result.reply))).toBe(true);
    else expect(JSON.parse(reply.toString())).toMatchObject({ code: result.problem.code });
  }
});

test.each([
  { what: "half as large as its body", outputs: ["gradients"], filled: true },
  { what: "much smaller than its body", outputs: ["losses"], filled: false },
])("a reply $what counts for all the memory that it keeps, and then for nothing", async ({ outputs, filled }) => {
  const counted = await startService({}, new CountedPool());
  const { body } = v1({ ...batch(400, long), outputs, encoding: "b64" });
  const replyMemory = new Uint8Array(new SharedArrayBuffer(1.25 * body.length));
  const result = answer({ ...v1({ ...batch(400, long), outputs, encoding: "b64" }), replyMemory });
  expect(result.ok && result.reply.some(({ buffer }) => buffer === replyMemory.buffer)).toBe(filled);
  const budget = watchBudget(counted);
  await (await post(counted, "cross_entropy", body)).arrayBuffer();
  // The body, and what its reply may take.
  expect(budget.most).toBeGreaterThanOrEqual(2.25 * body.length);
  expect(budget.most).toBeLessThan(2.25 * body.length + 2 ** 20);
  await expect.poll(() => budget.bytes).toBe(0);
  await counted.stop();
});
