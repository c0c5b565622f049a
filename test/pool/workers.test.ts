import { describe, expect, test, vi } from "vitest";
import type { atStart } from "./fixtures/places.mjs";
import { Crew, FollowedJob, nothingInFlight, run, type Step, startPool, submit } from "./obedient_pool.js";

const never = Number.POSITIVE_INFINITY;
const workerCrashed = { name: "Problem", code: "worker_crashed" };

describe("a worker that dies", () => {
  test.each<{ death: Step }>([{ death: "crash_once" }, { death: "exit_once" }, { death: "answer_a_function_once" }])(
    "by $death is replaced, and its task is answered before those that came later",
    async ({ death }) => {
      const crew = new Crew();
      const pool = await startPool({}, crew);
      const body = new Uint8Array(new SharedArrayBuffer(2)).fill(7);
      const job = new FollowedJob("tried twice", ["hold", death]);
      const retried = run(pool, { value: job.value, steps: job.steps, signal: job.signal, body });
      const later = run(pool, { value: "later" });
      job.release();
      const [first, second] = await Promise.all([retried, later]);
      expect(first).toMatchObject({ value: "tried twice", firstValue: "known", reply: Uint8Array.of(7, 7) });
      expect(first.place).toBeLessThan(second.place);
      expect(job.timesHeld).toBe(2);
      expect(crew.replaced).toEqual(["crash"]);
      expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 1 });
    },
  );

  test("twice of one task ends the task, and the pool goes on", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const job = new FollowedJob("poison", ["hold", "crash"]);
    job.release();
    await expect(run(pool, job)).rejects.toMatchObject(workerCrashed);
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next", firstValue: "known" });
    expect(job.timesHeld).toBe(2);
    expect(crew.replaced).toEqual(["crash", "crash"]);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 2 });
  });

  test("after its answer is replaced and spoils no later task", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const job = new FollowedJob("answered", ["crash_after_the_answer"]);
    expect(await run(pool, job)).toMatchObject({ value: "answered" });
    await job.reached();
    const next = run(pool, { value: "next" });
    job.release();
    expect(await next).toMatchObject({ value: "next", firstValue: "known" });
    expect(crew.replaced).toEqual(["crash"]);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 1 });
  });

  test("leaves no unhandled rejection when nobody listens to its task", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const pool = await startPool();
    submit(pool, { value: "poison", steps: ["crash"] });
    await run(pool, { value: "next" });
    await new Promise(setImmediate);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 2 });
  });
});

describe("the known answer", () => {
  test.each<{ order: keyof typeof atStart; reason: string; startMsMax?: number }>([
    { order: "answer_wrongly", reason: "wrong answer" },
    { order: "answer_unasked", reason: "not given" },
    { order: "die", reason: "told to die" },
    { order: "wait", reason: "within 50 ms", startMsMax: 50 },
  ])("stops the start when a worker is told to $order", async ({ order, reason, startMsMax }) => {
    const crew = new Crew();
    crew.tellAtStart(order);
    const start = startPool({ size: 2, startMsMax: startMsMax ?? 30_000 }, crew);
    await expect(start).rejects.toMatchObject({ cause: { message: expect.stringContaining(reason) } });
    expect(crew.replaced).toEqual([]);
  });

  test.each<{ order: keyof typeof atStart; cause: string; startMsMax?: number }>([
    { order: "answer_wrongly", cause: "wrong_answer" },
    { order: "answer_unasked", cause: "crash" },
    { order: "die", cause: "crash" },
    { order: "wait", cause: "deadline", startMsMax: 1000 },
  ])("is asked of replacements until one gives it, also when they $order", async ({ order, cause, startMsMax }) => {
    const crew = new Crew();
    const pool = await startPool({ startMsMax: startMsMax ?? 30_000 }, crew);
    crew.tellAtStart(order);
    const answer = run(pool, { ...new FollowedJob("patient", ["crash_once"]) });
    await expect.poll(() => crew.replaced.slice(0, 3), { timeout: 4000 }).toEqual(["crash", cause, cause]);
    expect(pool.ready).toBe(false);
    crew.tellAtStart("answer");
    expect(await answer).toMatchObject({ value: "patient", firstValue: "known" });
    expect(pool.ready).toBe(true);
  });
});

test("a job that fills its worker's heap ends its worker and is not tried again, and the process goes on", async () => {
  const crew = new Crew();
  const pool = await startPool({ heapMegabytesMax: 64 }, crew);
  const job = new FollowedJob("greedy", ["fill_the_heap"]);
  await expect(run(pool, job)).rejects.toMatchObject({ ...workerCrashed, detail: expect.stringContaining("memory") });
  expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
  expect([crew.replaced, job.timesHeld]).toEqual([["out_of_memory"], 1]);
});

describe("a crash loop", () => {
  test("is five workers that die before they are usable, and is told once for each further one", async () => {
    const crew = new Crew();
    const onCrashLoop = vi.fn();
    const pool = await startPool({ onCrashLoop }, crew);
    crew.tellAtStart("die");
    void run(pool, { ...new FollowedJob("patient", ["crash_once"]) }).catch(() => undefined);
    await expect.poll(() => crew.replaced.length, { timeout: 10_000 }).toBe(5);
    expect(onCrashLoop).not.toHaveBeenCalled();
    await expect.poll(() => onCrashLoop.mock.calls.length, { timeout: 10_000 }).toBe(1);
    expect(crew.replaced).toHaveLength(6);
    expect(onCrashLoop.mock.calls[0]![0]).toMatchObject({ message: "told to die at its start" });
  });

  test("is not made by jobs that end their workers", async () => {
    const onCrashLoop = vi.fn();
    const pool = await startPool({ onCrashLoop });
    for (let i = 0; i < 3; i++) {
      await expect(run(pool, { value: "poison", steps: ["crash"] })).rejects.toMatchObject(workerCrashed);
    }
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(pool.stats.restarts).toBe(6);
    expect(onCrashLoop).not.toHaveBeenCalled();
    expect(pool.ready).toBe(true);
  });
});

describe("the memory of a worker", () => {
  test("may be as large as its limit", async () => {
    const pool = await startPool({ workerMemoryBytesMax: 1000 });
    const { threadId } = await run(pool, { value: "large", memoryBytes: 1000 });
    expect(await run(pool, { value: "next" })).toMatchObject({ threadId });
    expect(pool.stats.restarts).toBe(0);
  });

  test("over its limit has the worker replaced, and the task is answered", async () => {
    const crew = new Crew();
    const pool = await startPool({ workerMemoryBytesMax: 1000 }, crew);
    const { threadId, value } = await run(pool, { value: "too large", memoryBytes: 1001 });
    expect(value).toBe("too large");
    expect(crew.replaced).toEqual(["memory"]);
    const next = await run(pool, { value: "next" });
    expect(next).toMatchObject({ value: "next", firstValue: "known" });
    expect(next.threadId).not.toBe(threadId);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 1 });
  });

  test("over its limit is kept while tasks wait", async () => {
    const pool = await startPool({ workerMemoryBytesMax: 1000 });
    const job = new FollowedJob("too large", ["hold"], 1001);
    const answers = [run(pool, job), run(pool, { value: "waiting" })];
    job.release();
    const [first, second] = await Promise.all(answers);
    expect(second!.threadId).toBe(first!.threadId);
    expect(pool.stats.restarts).toBe(0);
  });
});

describe("closing the pool", () => {
  test("takes no new task and lets those that exist be answered", async () => {
    const pool = await startPool();
    const job = new FollowedJob("running", ["hold"]);
    const running = run(pool, job);
    const waiting = run(pool, { value: "waiting" });
    const closed = pool.close(never);
    expect(pool.submit({ value: "late" }, { bytes: 1, deadlineMs: never })).toBeUndefined();
    expect([pool.ready, pool.full]).toEqual([false, true]);
    job.release();
    expect(await running).toMatchObject({ value: "running" });
    expect(await waiting).toMatchObject({ value: "waiting" });
    expect(await closed).toBe(0);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("drops and counts what is not done in time, without what was cancelled", async () => {
    const draining = { name: "Problem", code: "draining" };
    const pool = await startPool({ size: 2 });
    const endless = new FollowedJob("endless", ["hang"]);
    const running = run(pool, endless);
    const forgotten = new FollowedJob("cancelled", ["hang"]);
    const ended = vi.fn();
    const cancelled = submit(pool, forgotten, { onEnd: ended });
    await Promise.all([endless.reached(), forgotten.reached()]);
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ name: "AbortError" });
    const waiting = run(pool, { value: "waiting" });
    const outcomes = Promise.allSettled([running, waiting]);
    const closed = pool.close(1);
    expect(pool.close(never)).toBe(closed);
    expect(await closed).toBe(2);
    expect(await outcomes).toMatchObject([{ reason: draining }, { reason: draining }]);
    expect(ended).toHaveBeenCalledExactlyOnceWith(false);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });
});
