import { describe, expect, test, vi } from "vitest";
import type { atStart } from "./fixtures/places.mjs";
import { Crew, FollowedJob, nothingInFlight, reserve, run, type Step, startPool } from "./obedient_pool.js";

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
    void reserve(pool).run({ value: "poison", steps: ["crash"] }, never);
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

describe("readiness", () => {
  /** Holds one task on each worker at once, which shows that all are usable. */
  async function useAll(pool: Awaited<ReturnType<typeof startPool>>, size: number): Promise<void> {
    const jobs = Array.from({ length: size }, () => new FollowedJob("all at once", ["hold"]));
    const answers = jobs.map((job) => run(pool, job));
    await Promise.all(jobs.map((job) => job.reached()));
    for (const job of jobs) job.release();
    await Promise.all(answers);
  }

  test.each([
    { passedMs: 59_000, ready: false },
    { passedMs: 61_000, ready: true },
  ])("is $ready after the fifth crash when $passedMs ms passed since four", async ({ passedMs, ready }) => {
    const crew = new Crew();
    const pool = await startPool({ size: 3 }, crew);
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const poison = { value: "poison", steps: ["crash"] as const };
    await expect(run(pool, poison)).rejects.toMatchObject(workerCrashed);
    await expect(run(pool, poison)).rejects.toMatchObject(workerCrashed);
    await useAll(pool, 3);
    expect(pool.ready).toBe(true);
    crew.tellAtStart("wait");
    now.mockReturnValue(passedMs);
    await run(pool, new FollowedJob("fifth", ["crash_once"]));
    expect(pool.ready).toBe(ready);
    crew.tellAtStart("answer");
    await expect.poll(() => pool.ready).toBe(true);
    now.mockRestore();
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
  test("refuses new reservations and lets those that exist be answered", async () => {
    const pool = await startPool();
    const job = new FollowedJob("running", ["hold"]);
    const running = run(pool, job);
    const waiting = run(pool, { value: "waiting" });
    const reserved = reserve(pool);
    const closed = pool.close(never);
    expect(pool.reserve(0)).toBeUndefined();
    expect(pool.ready).toBe(false);
    job.release();
    expect(await running).toMatchObject({ value: "running" });
    expect(await waiting).toMatchObject({ value: "waiting" });
    expect((await reserved.run({ value: "reserved" }, never)).result).toMatchObject({ value: "reserved" });
    expect(await closed).toBe(0);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("drops and counts what is not done in time, without what was cancelled", async () => {
    const draining = { name: "Problem", code: "draining" };
    const pool = await startPool({ size: 2 });
    const endless = new FollowedJob("endless", ["hang"]);
    const running = run(pool, endless);
    const forgotten = reserve(pool);
    const cancelled = forgotten.run(new FollowedJob("cancelled", ["hang"]), never);
    forgotten.cancel();
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
    const waiting = run(pool, { value: "waiting" });
    const reserved = reserve(pool);
    const outcomes = Promise.allSettled([running, waiting]);
    await endless.reached();
    const closed = pool.close(1);
    expect(pool.close(never)).toBe(closed);
    expect(await closed).toBe(3);
    expect(await outcomes).toMatchObject([{ reason: draining }, { reason: draining }]);
    await expect(reserved.run({ value: "late" }, never)).rejects.toMatchObject(draining);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });
});
