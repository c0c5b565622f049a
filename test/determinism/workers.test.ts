// The digest's questions through the real pool: whoever computes an answer, and after whatever else, it is the same bytes.
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joinPieces } from "#lossd/json/pieces.js";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { Pool } from "#lossd/pool/pool.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import { bodiesOf, hash, replyTo } from "./digests.ts";
import { Random } from "./random.ts";

/** A quarter of each loss's bodies: the digest in one thread has them all. */
const asked = losses.map((loss) => ({ name: loss.name, loss, bodies: bodiesOf(loss).filter((_, i) => i % 4 === 0) }));

interface Question {
  readonly loss: Loss;
  readonly number: number;
  readonly body: string;
}

/** All losses' questions in one random order, so that a worker meets them in any sequence. */
function questions(seed: string): Question[] {
  const all = asked.flatMap(({ loss, bodies }) => bodies.map((body, number) => ({ loss, number, body })));
  return new Random(seed).shuffled(all);
}

function job(loss: string, text: string): Job {
  const bytes = new TextEncoder().encode(text);
  const body = new Uint8Array(new SharedArrayBuffer(bytes.length));
  body.set(bytes);
  return { format: "json", loss, body, elementsMax: 1e6 };
}

describe.each([1, 8])("a pool of %d", (size) => {
  const answers = new Map<string, Uint8Array[]>(losses.map(({ name }) => [name, []]));
  let pool: Pool<Job, JobResult>;

  beforeAll(async () => {
    pool = await Pool.start<Job, JobResult>({
      worker: new URL("../../dist/worker.js", import.meta.url),
      size,
      queueLengthMax: 1e6,
      graceMs: 0,
      aheadBytesMax: 1e9,
      workerMemoryBytesMax: 1e9,
      knownAnswer: { job: job("mse", '{"logits":3,"labels":1}'), accepts: (result) => result.ok },
    });
    const running = questions(`order of ${size}`).map(async ({ loss, number, body }) => {
      const { result } = await pool.submit(job(loss.name, body), { bytes: 1, deadlineMs: performance.now() + 50_000 })!
        .answer;
      if (!result.ok) throw new Error(`${loss.name} refused ${body}: ${result.problem.detail}`);
      answers.get(loss.name)![number] = joinPieces(result.reply);
    });
    await Promise.all(running);
  });
  afterAll(() => pool.close(1000));

  test.each(asked)("gives the same bytes as one thread for $name", ({ name, loss, bodies }) => {
    expect(hash(answers.get(name)!)).toBe(hash(bodies.map((body) => replyTo(loss, body))));
  });
});
