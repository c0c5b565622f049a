import { describe, expect, test, vi } from "vitest";
import { FollowedJob, nothingInFlight, run, startPool, submit } from "./obedient_pool.js";

const never = Number.POSITIVE_INFINITY;
const options = { bytes: 1, deadlineMs: never };

describe("admission to the pool", () => {
  test.each([
    { size: 1, queueLengthMax: 0, tasks: 1 },
    { size: 1, queueLengthMax: 2, tasks: 3 },
    { size: 2, queueLengthMax: 1, tasks: 3 },
  ])(
    "lets in $tasks tasks for $size workers and a queue of $queueLengthMax",
    async ({ size, queueLengthMax, tasks }) => {
      const pool = await startPool({ size, queueLengthMax });
      const jobs = Array.from({ length: tasks }, (_, i) => new FollowedJob(`${i}`, ["hold"]));
      const answers = jobs.map((job) => run(pool, job));
      expect(pool.full).toBe(true);
      expect(pool.submit({ value: "one too many" }, options)).toBeUndefined();
      const spaced = pool.space();
      for (const job of jobs) job.release();
      await spaced;
      expect(pool.full).toBe(false);
      expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
      await Promise.all(answers);
      expect(pool.stats).toMatchObject(nothingInFlight);
    },
  );

  test("of a full queue gives up first what a caller may have left", async () => {
    const pool = await startPool({ queueLengthMax: 2, aheadBytesMax: 0 });
    const job = new FollowedJob("held", ["hold"]);
    const held = run(pool, job);
    const waiting = submit(pool, { value: "waiting" });
    const halfClosed = submit(pool, { value: "half closed" });
    halfClosed.demote();
    expect(pool.full).toBe(false);
    const next = submit(pool, { value: "next" });
    await expect(halfClosed.answer).rejects.toMatchObject({ code: "queue_full" });
    expect(pool.full).toBe(true);
    job.release();
    await held;
    expect((await waiting.answer).result.value).toBe("waiting");
    expect((await next.answer).result.value).toBe("next");
  });

  test("counts a task until it is answered", async () => {
    const pool = await startPool();
    const job = new FollowedJob("held", ["hold"]);
    const answer = run(pool, job);
    const waiting = run(pool, { value: "waiting" });
    await job.reached();
    expect(pool.stats).toMatchObject({ queued: 1, running: 1, inFlight: 2 });
    job.release();
    await answer;
    await waiting;
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test.each([
    { taskMs: 0, waiting: 5, seconds: 1 },
    { taskMs: 10_000, waiting: 4, seconds: 8 },
    { taskMs: 1_000_000, waiting: 4, seconds: 30 },
  ])(
    "says $seconds s to retry after one task of $taskMs ms, with $waiting more",
    async ({ taskMs, waiting, seconds }) => {
      const pool = await startPool();
      const now = vi.spyOn(performance, "now").mockReturnValue(0);
      const job = new FollowedJob("held", ["hold"]);
      const answer = run(pool, job);
      await job.reached();
      now.mockReturnValue(taskMs);
      job.release();
      await answer;
      now.mockRestore();
      const later = Array.from({ length: waiting }, () => new FollowedJob("later", ["hold"]));
      const answers = later.map((each) => run(pool, each));
      expect(pool.retryAfterSeconds()).toBe(seconds);
      for (const each of later) each.release();
      await Promise.all(answers);
    },
  );

  test("tells how long a task waited for its worker", async () => {
    const pool = await startPool();
    const now = vi.spyOn(performance, "now").mockReturnValue(1000);
    const job = new FollowedJob("held", ["hold"]);
    const held = submit(pool, job);
    const waiting = submit(pool, { value: "waiting" });
    await job.reached();
    now.mockReturnValue(1500);
    job.release();
    const [first, second] = await Promise.all([held.answer, waiting.answer]);
    now.mockRestore();
    expect(first.queueMs).toBe(0);
    expect(second.queueMs).toBe(500);
  });
});

describe("a deadline that the queue cannot meet", () => {
  /** One worker that took a second for its last task, is busy, and has one more waiting. */
  async function busyPool() {
    const pool = await startPool({ aheadBytesMax: 0 });
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const slow = new FollowedJob("slow", ["hold"]);
    const answer = run(pool, slow);
    await slow.reached();
    now.mockReturnValue(1000);
    slow.release();
    await answer;
    const held = new FollowedJob("held", ["hold"]);
    void run(pool, held).catch(() => undefined);
    await held.reached();
    return { pool, now, held };
  }

  test("is refused before anything is computed", async () => {
    const { pool, now, held } = await busyPool();
    const waiting = run(pool, { value: "waiting" });
    const hopeless = submit(pool, { value: "hopeless" }, { deadlineMs: 1100 });
    await expect(hopeless.answer).rejects.toMatchObject({ code: "deadline_exceeded" });
    const hopeful = submit(pool, { value: "hopeful" }, { deadlineMs: 10_000 });
    held.release();
    expect((await hopeful.answer).result.value).toBe("hopeful");
    await waiting;
    now.mockRestore();
  });

  test.each([
    ["while nothing waits", 0, 1000],
    ["on the word of what was learnt long ago", 1, 7000],
  ])("is not refused %s", async (_when, waiting, nowMs) => {
    const { pool, now, held } = await busyPool();
    const others = Array.from({ length: waiting }, (_, i) => run(pool, { value: `${i}` }));
    now.mockReturnValue(nowMs);
    const tight = submit(pool, { value: "tight" }, { deadlineMs: nowMs + 150 });
    held.release();
    expect((await tight.answer).result.value).toBe("tight");
    await Promise.all(others);
    now.mockRestore();
  });
});
