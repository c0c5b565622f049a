// The real pool over the real worker: the same bytes however many workers there are.
import { performance } from "node:perf_hooks";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLoss, losses } from "#lossd/losses/registry.js";
import { Pool } from "#lossd/pool/pool.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import { batch } from "./harness/arbitraries.js";
import { askText, body, type Request } from "./harness/ask.js";

/** A body in shared memory, as the HTTP thread holds it. */
function job(loss: string, request: Request): Job {
  const text = body(request);
  const shared = new Uint8Array(new SharedArrayBuffer(text.length));
  shared.set(text);
  return { format: "json", loss, body: shared, elementsMax: 1e6 };
}

const start = (size: number) =>
  Pool.start<Job, JobResult>({
    worker: new URL("../dist/worker.js", import.meta.url),
    size,
    queueLengthMax: 1000,
    graceMs: 0,
    aheadBytesMax: 1e9,
    workerMemoryBytesMax: 1e9,
    knownAnswer: { job: job("mse", { logits: 3, labels: 1 }), accepts: (result) => result.ok },
  });

async function run(pool: Pool<Job, JobResult>, loss: string, request: Request): Promise<string> {
  const { result } = await pool.submit(job(loss, request), { bytes: 1, deadlineMs: performance.now() + 60_000 })!
    .answer;
  if (!result.ok) throw new Error(result.problem.detail);
  return Buffer.concat(result.reply).toString();
}

describe("one worker and four workers", () => {
  let one: Pool<Job, JobResult>;
  let four: Pool<Job, JobResult>;
  beforeAll(async () => {
    [one, four] = await Promise.all([start(1), start(4)]);
  });
  afterAll(async () => {
    await Promise.all([one.close(1000), four.close(1000)]);
  });

  test.each(losses.map(({ name }) => name))("give the same bytes as no worker at all for %s", async (name) => {
    const requests = fc.sample(batch(findLoss(name)!), { numRuns: 100, seed: 7 }).map((drawn) => drawn.request);
    const inProcess = requests.map((request) => askText(name, request));
    const fromOne = await Promise.all(requests.map((request) => run(one, name, request)));
    const fromFour = await Promise.all(requests.map((request) => run(four, name, request)));
    expect(fromOne).toEqual(inProcess);
    expect(fromFour).toEqual(inProcess);
  });
});
