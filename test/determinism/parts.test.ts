// A request that is cut over workers has the bytes of one that is not: for every loss, its options, outputs and encodings.
import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { tensorFields } from "#lossd/losses/schemas/fields.js";
import { parameterFields } from "#lossd/losses/schemas/models.js";
import { Pool } from "#lossd/pool/pool.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import { abandon, answer, join, split } from "#lossd/service/formats.js";
import { isInput } from "#lossd/wire/parts/json_rows.js";
import { message } from "../harness/v2.js";
import { hash } from "./digests.ts";
import { Random } from "./random.ts";
import { type Body, drawBody, write } from "./requests.ts";

const requestsPerLoss = 120;
const tensorsOfExamples = new Set(["logits", "probabilities", "labels", "label_logits", "sample_weights", "mask"]);

/** A drawn body with its examples many times over, so that there is something to cut. */
function draw(loss: Loss, number: number, random: Random): Body {
  const body = JSON.parse(drawBody(loss, number)) as Body;
  const times = 6 + random.below(40);
  const repeated = Object.entries(body).map(([name, value]) => {
    const isMask = name === "class_mask" && Array.isArray(value) && Array.isArray(value[0]);
    const isOfExamples = (tensorsOfExamples.has(name) || isMask) && Array.isArray(value);
    return [name, isOfExamples ? Array.from({ length: times }, () => value).flat(1) : value];
  });
  return Object.fromEntries(repeated);
}

function bodyOf(loss: Loss, number: number): string {
  const random = new Random(`parts of ${loss.name} ${number}`);
  const body = draw(loss, number, random);
  const encoding = random.pick(["nested", "nested", "flat", "b64"]);
  const text = write({ ...body, encoding });
  return random.once(4) ? text.replaceAll(",", " ,\n\t").replaceAll("[", "[ ").replaceAll("]", " ]") : text;
}

function job(loss: Loss, text: string): Job {
  const bytes = new TextEncoder().encode(text);
  const body = new Uint8Array(new SharedArrayBuffer(bytes.length));
  body.set(bytes);
  return { format: "json", loss: loss.name, body, elementsMax: 1e6 };
}

/** The same as binary tensors: what of a body a model takes, and all of its outputs in binary. */
function v2JobOf(loss: Loss, number: number): Job {
  const random = new Random(`v2 parts of ${loss.name} ${number}`);
  const body = draw(loss, number, random);
  const datatypeOf = (name: string) =>
    name.endsWith("mask") ? "BOOL" : isInput(name) ? random.pick(["FP32", "FP64"] as const) : "FP64";
  const inputs = Object.keys(tensorFields(loss)).flatMap((name) => {
    const value = body[name];
    if (value === undefined) return [];
    const data = [value].flat(Number.POSITIVE_INFINITY).map(Number);
    return [{ name, datatype: datatypeOf(name), shape: shapeOf(value), data, binary: true } as const];
  });
  const known = Object.keys(parameterFields(loss));
  const parameters = Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name)));
  const asked = (body["outputs"] as string[] | undefined) ?? ["losses", "gradients"];
  const outputs = ["loss", ...asked].flatMap((name) =>
    name === "decomposition" ? ["cross_entropy", "entropy", "kl_divergence"] : name,
  );
  const made = message({
    inputs,
    outputs: (body["reduction"] === "none" ? outputs.slice(1) : outputs).map((name) => ({ name })),
    parameters: { ...parameters, binary_data_output: true },
  });
  const shared = new Uint8Array(new SharedArrayBuffer(made.body.length));
  shared.set(made.body);
  return { loss: loss.name, format: "v2", jsonLength: made.jsonLength!, body: shared, elementsMax: 1e6 };
}

const shapeOf = (value: unknown): number[] => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
const jsonLengthOf = (result: JobResult) => ("jsonLength" in result ? result.jsonLength : undefined);
const bytesOf = (result: JobResult) =>
  result.ok
    ? `${jsonLengthOf(result)} ${Buffer.concat(result.reply).toString("latin1")}`
    : JSON.stringify(result.problem);

const textOf = (result: JobResult) =>
  result.ok ? Buffer.concat(result.reply).toString() : JSON.stringify(result.problem);

/** The answers that are not cut, as hashes by request: each is computed once for all numbers of workers. */
const wholes = new Map<string, string>();

/** Submits a job, computes it whole meanwhile unless that is known, and compares what both are as text. */
async function expectSame(
  pool: Pool<Job, JobResult>,
  key: string,
  jobOf: () => Job,
  write: (one: JobResult) => string,
) {
  const submitted = pool.submit(jobOf(), { bytes: 1, deadlineMs: performance.now() + 30_000 })!.answer;
  const whole = wholes.get(key) ?? hash([write(answer(jobOf()))]);
  wholes.set(key, whole);
  const text = write((await submitted).result);
  if (hash([text]) === whole) return;
  expect(text, key).toBe(write(answer(jobOf())));
  expect.fail(`${key} has another answer each time`);
}

describe.each([2, 3, 8])("over %d workers", (size) => {
  let pool: Pool<Job, JobResult>;
  const outcomes = { json: { cut: 0, whole: 0 }, v2: { cut: 0, whole: 0 } };
  let format: keyof typeof outcomes = "json";

  beforeAll(async () => {
    pool = await Pool.start<Job, JobResult>({
      worker: new URL("../../dist/worker.js", import.meta.url),
      size,
      queueLengthMax: 10,
      graceMs: 0,
      aheadBytesMax: 1e9,
      workerMemoryBytesMax: 1e9,
      knownAnswer: { job: job(losses[0]!, "{}"), accepts: () => true },
      cut: {
        split: (whole, workers) => split(whole, workers, 1),
        abandon,
        join: (results) => {
          const joined = join(results);
          outcomes[format][joined ? "cut" : "whole"]++;
          return joined;
        },
      },
    });
  });
  afterAll(() => pool.close(1000));

  test.each(losses.map((loss) => ({ name: loss.name, loss })))("$name has the same bytes", async ({ loss }) => {
    format = "json";
    for (let number = 0; number < requestsPerLoss; number++) {
      const text = bodyOf(loss, number);
      await expectSame(pool, `${loss.name}, body ${number}`, () => job(loss, text), textOf);
    }
  });

  test.each(losses.map((loss) => ({ name: loss.name, loss })))("$name has the same tensors", async ({ loss }) => {
    format = "v2";
    for (let number = 0; number < requestsPerLoss; number++) {
      const made = v2JobOf(loss, number);
      await expectSame(pool, `${loss.name}, tensors ${number}`, () => made, bytesOf);
    }
  });

  test("and most of these requests were cut: all but single rows and single numbers", () => {
    for (const { cut, whole } of Object.values(outcomes)) expect(cut).toBeGreaterThan(2 * whole);
  });
});
