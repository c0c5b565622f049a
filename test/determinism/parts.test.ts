// A request that is cut over workers has the bytes of one that is not: for every loss, its options, outputs and encodings.
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { Pool } from "#lossd/pool/pool.js";
import { answer } from "#lossd/wire/answer.js";
import type { Job, JobResult } from "#lossd/wire/job.js";
import { abandonParts, joinParts, splitJob } from "#lossd/wire/parts.js";
import { Random } from "./random.ts";
import { type Body, drawBody, write } from "./requests.ts";

const requestsPerLoss = 120;
const tensorsOfExamples = new Set(["logits", "probabilities", "labels", "label_logits", "sample_weights", "mask"]);

/** A drawn body with its examples many times over, so that there is something to cut: JSON text. */
function bodyOf(loss: Loss, number: number): string {
  const random = new Random(`parts of ${loss.name} ${number}`);
  const body = JSON.parse(drawBody(loss, number)) as Body;
  const times = 6 + random.below(40);
  const repeated = Object.entries(body).map(([name, value]) => {
    const isMask = name === "class_mask" && Array.isArray(value) && Array.isArray(value[0]);
    const isOfExamples = (tensorsOfExamples.has(name) || isMask) && Array.isArray(value);
    return [name, isOfExamples ? Array.from({ length: times }, () => value).flat(1) : value];
  });
  const encoding = random.pick(["nested", "nested", "flat", "b64"]);
  const text = write({ ...Object.fromEntries(repeated), encoding });
  return random.once(4) ? text.replaceAll(",", " ,\n\t").replaceAll("[", "[ ").replaceAll("]", " ]") : text;
}

function job(loss: Loss, text: string): Job {
  const bytes = new TextEncoder().encode(text);
  const body = new Uint8Array(new SharedArrayBuffer(bytes.length));
  body.set(bytes);
  return { loss: loss.name, body, elementsMax: 1e6 };
}

const textOf = (result: JobResult) =>
  result.ok ? Buffer.concat(result.reply).toString() : JSON.stringify(result.problem);

describe.each([2, 3, 8])("over %d workers", (size) => {
  let pool: Pool<Job, JobResult>;
  const outcomes = { cut: 0, whole: 0 };

  beforeAll(async () => {
    pool = await Pool.start<Job, JobResult>({
      worker: new URL("../../dist/worker.js", import.meta.url),
      size,
      queueLengthMax: 10,
      queueBytesMax: 1e9,
      workerMemoryBytesMax: 1e9,
      knownAnswer: { job: job(losses[0]!, "{}"), accepts: () => true },
      cut: {
        split: (whole, workers) => splitJob(whole, workers, 1),
        abandon: abandonParts,
        join: (results) => {
          const joined = joinParts(results);
          outcomes[joined ? "cut" : "whole"]++;
          return joined;
        },
      },
    });
  });
  afterAll(() => pool.close(1000));

  test.each(losses.map((loss) => ({ name: loss.name, loss })))("$name has the same bytes", async ({ loss }) => {
    for (let number = 0; number < requestsPerLoss; number++) {
      const text = bodyOf(loss, number);
      const { result } = await pool.reserve(1)!.run(job(loss, text), performance.now() + 30_000);
      expect(textOf(result), text).toBe(textOf(answer(job(loss, text))));
    }
  });

  test("and most of these requests were cut: all but single rows and single numbers", () => {
    expect(outcomes.cut).toBeGreaterThan(2 * outcomes.whole);
  });
});
