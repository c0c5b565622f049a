// What the HTTP thread computes itself: decided by bytes alone, by the workers' code, and a fault of it is no one's end.
import { describe, expect, test, vi } from "vitest";
import { type Environment, loadConfig } from "#lossd/config.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import { answer } from "#lossd/service/formats.js";
import { answerInPlace } from "#lossd/service/in_place.js";
import { post, startService } from "../harness/service.js";

const text = '{"logits":[1],"labels":[3]}';

function job(body: string) {
  return { format: "json" as const, loss: "mse", body: new TextEncoder().encode(body), elementsMax: 100 };
}

const asLines = { format: "lines" as const, first: 1, options: {}, replies: true };

const known = { job: job(text), accepts: () => true };

function start(env: Environment) {
  const error = vi.fn();
  const inPlace = answerInPlace(loadConfig(env), { error } as never, known);
  return { inPlace, error };
}

describe("a request in place", () => {
  test.each([
    { bytes: 200, where: "here" },
    { bytes: 201, where: "in a worker" },
  ])("of $bytes bytes with INLINE_ELEMENTS_MAX=10 is computed $where", ({ bytes, where }) => {
    const { inPlace } = start({ INLINE_ELEMENTS_MAX: "10" });
    const result = inPlace(job(text.padEnd(bytes)));
    expect(result?.ok).toBe(where === "here" ? true : undefined);
  });

  // Its shape says more than its bytes: 200 of them are the bound here, and a line that fails may have failed by it.
  test.each<{ rows: number; format: "json" | "lines"; elementsMax: number; where: string }>([
    { rows: 200, format: "json", elementsMax: 1000, where: "here" },
    { rows: 201, format: "json", elementsMax: 1000, where: "in a worker" },
    { rows: 201, format: "json", elementsMax: 100, where: "here" },
    { rows: 200, format: "lines", elementsMax: 1000, where: "here" },
    { rows: 201, format: "lines", elementsMax: 1000, where: "in a worker" },
    { rows: 201, format: "lines", elementsMax: 100, where: "here" },
  ])(
    "of $rows rows without a number in $format is answered $where with ELEMENTS_MAX=$elementsMax",
    ({ rows, format, elementsMax, where }) => {
      const tensor = `{"shape":[${rows},0],"data":[]}`;
      const one = { ...job(`{"logits":${tensor},"labels":${tensor}}`), elementsMax };
      const many = format === "lines" ? { ...one, ...asLines } : one;
      const result = start({ INLINE_ELEMENTS_MAX: "10" }).inPlace(many);
      expect(result === undefined ? "in a worker" : "here").toBe(where);
      const isTaken = (answered: JobResult) => answered.ok && !("lines" in answered && answered.lines.failed > 0);
      expect(isTaken(result ?? answer(many))).toBe(rows <= elementsMax);
    },
  );

  test.each([
    ["within the doubles", 1e-3, "here"],
    ["whose steps leave the doubles", 1e-310, "in a worker"],
  ])("with a weight %s (%f) is computed %s", (_what, weight, where) => {
    const body = job(`{"logits":[1],"labels":[3],"sample_weights":[${weight}],"mean_over":"count"}`);
    const { inPlace, error } = start({});
    expect(inPlace(body) === undefined ? "in a worker" : "here").toBe(where);
    expect(answer(body).ok).toBe(true);
    // The thread's engine goes on.
    expect(inPlace(job(text))?.ok).toBe(true);
    expect(error).not.toHaveBeenCalled();
  });

  test("there is none with INLINE_ELEMENTS_MAX=0", () => {
    expect(start({ INLINE_ELEMENTS_MAX: "0" }).inPlace(job("{}"))).toBeUndefined();
  });

  test.each([
    { what: "a line without its end", bundle: text, where: "here" },
    { what: "a line", bundle: `${text}\n`, where: "here" },
    { what: "two lines", bundle: `${text}\n${text}`, where: "in a worker" },
    { what: "a line and a blank one", bundle: `${text}\n\n`, where: "in a worker" },
  ])("of $what is answered $where", ({ bundle, where }) => {
    const result = start({}).inPlace({ ...job(bundle), ...asLines });
    expect(result?.ok).toBe(where === "here" ? true : undefined);
  });

  test("a curve's is none: its points are many", () => {
    const curve: Job = { ...job("points=5"), format: "curve" };
    expect(start({}).inPlace(curve)).toBeUndefined();
  });

  test.each([text, '{"logits":[1]}', "{", '{"logits":[1],"labels":["x"],"nothing":1}'])(
    "has the answer of a worker: %s",
    (body) => {
      const { timings: _here, ...here } = { timings: undefined, ...start({}).inPlace(job(body)) };
      const { timings: _there, ...there } = { timings: undefined, ...answer(job(body)) };
      expect(here).toEqual(there);
    },
  );

  test("that nobody foresaw to fail goes to a worker, is logged, and the next one is answered", () => {
    const { inPlace, error } = start({});
    const broken = { ...job(text), body: { length: 3 } as Uint8Array };
    expect(inPlace(broken)).toBeUndefined();
    expect(error.mock.calls).toMatchObject([[{ loss: "mse", err: { name: "TypeError" } }, expect.any(String)]]);
    expect(inPlace(job(text))?.ok).toBe(true);
  });

  test("is not begun by an engine that does not give the known answer", () => {
    const wrong = { ...known, accepts: () => false };
    expect(() => answerInPlace(loadConfig({}), { error: vi.fn() } as never, wrong)).toThrow("wrong answer");
  });
});

test.each(["0", "512"])(
  "with INLINE_ELEMENTS_MAX=%s a reply, its headers and its log line are the same",
  async (elements) => {
    const service = await startService({ INLINE_ELEMENTS_MAX: elements });
    const response = await post(service, "mse", text, { "x-request-id": "one" });
    expect(await response.json()).toMatchObject({ loss: 4, gradients: [-4] });
    expect(response.headers.get("server-timing")).toMatch(
      /^queue;dur=[\d.]+, parse;dur=[\d.]+, compute;dur=[\d.]+, print;dur=[\d.]+$/,
    );
    const line = await service.logged(({ requestId }) => requestId === "one");
    expect(line).toMatchObject({ status: 200, loss: "mse", rows: 1, columns: 1, bytes: text.length });
    expect(line).toMatchObject({ queueMs: expect.any(Number), computeMs: expect.any(Number) });
    const refused = await post(service, "mse", '{"logits":[1]}');
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: "invalid_request" }]);
    await service.stop();
  },
);
