import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Crew, FollowedJob, nothingInFlight, run, type Step, startPool, submit } from "./obedient_pool.js";

const never = Number.POSITIVE_INFINITY;
const deadlineExceeded = { name: "Problem", code: "deadline_exceeded" };

describe("tasks of the pool", () => {
  test("are answered in the order of their arrival", async () => {
    const pool = await startPool();
    const job = new FollowedJob("held", ["hold"]);
    const held = run(pool, job);
    const waiting = Array.from({ length: 10 }, (_, index) => run(pool, { value: `${index}` }));
    job.release();
    const places = (await Promise.all([held, ...waiting])).map(({ place }) => place);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test("send their replies by transfer", async () => {
    const pool = await startPool();
    const body = new Uint8Array(new SharedArrayBuffer(3));
    body.set([1, 2, 3]);
    expect((await run(pool, { value: "first", body })).reply).toEqual(Uint8Array.of(1, 2, 3));
    expect(await run(pool, { value: "second" })).toMatchObject({ lastReplyIsGone: true });
  });

  test("that cannot be sent to a worker fail alone", async () => {
    const pool = await startPool();
    const unsendable = { value: "unsendable", extra: () => undefined };
    await expect(run(pool, unsendable)).rejects.toMatchObject({ name: "DataCloneError" });
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("over 4 workers are each answered once, whatever crashes and whatever order they end in", async () => {
    const pool = await startPool({ size: 4 });
    const steps = fc.oneof(
      { weight: 6, arbitrary: fc.constant<Step[]>(["hold"]) },
      { weight: 1, arbitrary: fc.constant<Step[]>(["hold", "crash_once"]) },
      { weight: 1, arbitrary: fc.constant<Step[]>(["crash"]) },
    );
    const order = fc.infiniteStream(fc.nat());
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 24 }), order, async (tasks, ranks) => {
        const jobs = tasks.map((steps, index) => new FollowedJob(`${index}`, steps));
        const outcomes = jobs.map((job) =>
          run(pool, job).then(
            ({ value }) => value,
            ({ code }) => code,
          ),
        );
        const ranked = jobs.map((job) => ({ job, rank: ranks.next().value }));
        for (const { job } of ranked.toSorted((a, b) => a.rank - b.rank)) {
          job.release();
          await new Promise(setImmediate);
        }
        const expected = jobs.map(({ steps, value }) => (steps.includes("crash") ? "worker_crashed" : value));
        expect(await Promise.all(outcomes)).toEqual(expected);
        expect(pool.stats).toMatchObject(nothingInFlight);
      }),
      { numRuns: 12 },
    );
  });
});

describe("the deadline of a task", () => {
  test("stops a task that runs, replaces its worker and lets the next task be answered", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const job = new FollowedJob("endless", ["hang"]);
    const endless = run(pool, job, performance.now() + 50);
    const next = run(pool, { value: "next" });
    await expect(endless).rejects.toMatchObject(deadlineExceeded);
    expect(await next).toMatchObject({ value: "next", firstValue: "known" });
    expect(crew.replaced).toEqual(["deadline"]);
    expect(job.timesHeld).toBeLessThanOrEqual(1);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 1 });
  });

  test("removes a task that waits and leaves the workers alone", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const job = new FollowedJob("held", ["hold"]);
    const held = run(pool, job);
    const waiting = run(pool, { value: "waiting" }, performance.now() + 20);
    await expect(waiting).rejects.toMatchObject(deadlineExceeded);
    expect(pool.stats).toMatchObject({ queued: 0, running: 1, inFlight: 1 });
    job.release();
    expect(await held).toMatchObject({ value: "held" });
    expect(crew.replaced).toEqual([]);
  });

  test("refuses a task that comes after it without giving it to a worker", async () => {
    const pool = await startPool();
    const job = new FollowedJob("late", ["hold"]);
    await expect(run(pool, job, performance.now())).rejects.toMatchObject(deadlineExceeded);
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(job.timesHeld).toBe(0);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });
});

describe("the timer of a deadline", () => {
  test.each([
    { deadline: "a near one", deadlineMs: 60_000 },
    { deadline: "one beyond setTimeout's range", deadlineMs: never },
  ])("ends with its task: $deadline", async ({ deadlineMs }) => {
    const pool = await startPool();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const job = new FollowedJob("held", ["hold"]);
    const held = run(pool, job, performance.now() + deadlineMs);
    await job.reached();
    const timersDuring = vi.getTimerCount();
    job.release();
    await held;
    const timersAfter = vi.getTimerCount();
    vi.useRealTimers();
    expect({ timersDuring, timersAfter }).toEqual({ timersDuring: 1, timersAfter: 0 });
  });
});

describe("a task whose deadline passes while it runs", () => {
  test("is answered at once, and its worker is kept if it ends within the grace", async () => {
    const crew = new Crew();
    const pool = await startPool({ graceMs: 60_000 }, crew);
    const job = new FollowedJob("a little late", ["hold"]);
    const ended = vi.fn();
    const late = submit(pool, job, { deadlineMs: performance.now() + 50, onEnd: ended });
    await job.reached();
    await expect(late.answer).rejects.toMatchObject(deadlineExceeded);
    expect(ended).not.toHaveBeenCalled();
    job.release();
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next", firstValue: "known" });
    expect(ended).toHaveBeenCalledExactlyOnceWith(true);
    expect(crew.replaced).toEqual([]);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("is told of before its worker is ended: which part, on which thread, for how long", async () => {
    const onOverdue = vi.fn();
    const pool = await startPool({ onOverdue });
    const job = new FollowedJob("endless", ["hang"]);
    await expect(run(pool, job, performance.now() + 50)).rejects.toMatchObject(deadlineExceeded);
    await expect.poll(() => onOverdue.mock.calls).toHaveLength(1);
    const [{ parts, missing, ranMs }] = onOverdue.mock.calls[0]!;
    expect([parts, missing.length, missing[0].part]).toEqual([1, 1, 0]);
    expect(ranMs).toBeGreaterThan(40);
    if (process.platform === "linux") expect(missing[0].threadId).toBeGreaterThan(0);
  });
});

describe("cancelling", () => {
  const aborted = { name: "AbortError" };

  test("removes a task that waits", async () => {
    const pool = await startPool();
    const job = new FollowedJob("held", ["hold"]);
    const held = run(pool, job);
    const waiting = new FollowedJob("waiting", ["hold"]);
    const ended = vi.fn();
    const cancelled = submit(pool, waiting, { onEnd: ended });
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject(aborted);
    expect(ended).toHaveBeenCalledExactlyOnceWith(true);
    expect(pool.stats).toMatchObject({ queued: 0, inFlight: 1 });
    job.release();
    await held;
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(waiting.timesHeld).toBe(0);
  });

  test("discards the result of a task that runs, which counts until the worker is free", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const job = new FollowedJob("held", ["hold"]);
    const ended = vi.fn();
    const cancelled = submit(pool, job, { onEnd: ended });
    await job.reached();
    cancelled.cancel();
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject(aborted);
    expect(pool.stats).toMatchObject({ running: 1, inFlight: 1 });
    // The worker may write to what it was lent until it answers.
    expect(ended).not.toHaveBeenCalled();
    job.release();
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(ended).toHaveBeenCalledExactlyOnceWith(true);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("leaves a task that runs its deadline", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const job = new FollowedJob("endless", ["hang"]);
    const cancelled = submit(pool, job, { deadlineMs: performance.now() + 50 });
    await job.reached();
    cancelled.cancel();
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(crew.replaced).toEqual(["deadline"]);
  });

  test("spares a task whose worker dies the second attempt", async () => {
    const pool = await startPool();
    const job = new FollowedJob("doomed", ["hold", "crash"]);
    const ended = vi.fn();
    const cancelled = submit(pool, job, { onEnd: ended });
    await job.reached();
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject(aborted);
    job.release();
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    // A worker that died may still write to what it was lent.
    expect(ended).toHaveBeenCalledExactlyOnceWith(false);
    expect(job.timesHeld).toBe(1);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 1 });
  });

  test("after the answer changes nothing", async () => {
    const pool = await startPool();
    const task = submit(pool, { value: "answered" });
    await task.answer;
    const job = new FollowedJob("held", ["hold"]);
    const held = run(pool, job);
    task.cancel();
    expect(pool.stats).toMatchObject({ inFlight: 1 });
    job.release();
    await held;
  });
});
