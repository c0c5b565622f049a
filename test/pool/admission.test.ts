import { describe, expect, test, vi } from "vitest";
import { FollowedJob, nothingInFlight, reserve, run, startPool } from "./obedient_pool.js";

const never = Number.POSITIVE_INFINITY;

describe("admission to the pool", () => {
  test.each([
    { size: 1, queueLengthMax: 0, places: 1 },
    { size: 1, queueLengthMax: 2, places: 3 },
    { size: 2, queueLengthMax: 1, places: 3 },
  ])(
    "gives $places places to $size workers and a queue of $queueLengthMax",
    async ({ size, queueLengthMax, places }) => {
      const pool = await startPool({ size, queueLengthMax });
      const reservations = Array.from({ length: places }, () => reserve(pool));
      expect(pool.reserve(0)).toBeUndefined();
      reservations[0]!.cancel();
      reservations[0]!.cancel();
      expect(pool.reserve(0)).toBeDefined();
      expect(pool.reserve(0)).toBeUndefined();
    },
  );

  test("reserves up to the limit of bytes and not one byte more", async () => {
    const pool = await startPool({ queueBytesMax: 100 });
    const first = reserve(pool, 60);
    expect(pool.reserve(41)).toBeUndefined();
    reserve(pool, 40);
    expect(pool.reserve(1)).toBeUndefined();
    expect(pool.stats).toMatchObject({ inFlight: 2, bytesInFlight: 100 });
    first.cancel();
    expect(pool.reserve(61)).toBeUndefined();
    expect(pool.reserve(60)).toBeDefined();
  });

  test.each([
    { bytes: 10, fits: true, free: 60 },
    { bytes: 70, fits: true, free: 0 },
    { bytes: 71, fits: false, free: 30 },
  ])("resizes 40 of 100 bytes beside 30 others to $bytes: $fits", async ({ bytes, fits, free }) => {
    const pool = await startPool({ queueBytesMax: 100 });
    reserve(pool, 30);
    expect(reserve(pool, 40).resize(bytes)).toBe(fits);
    expect(pool.reserve(free + 1)).toBeUndefined();
    expect(pool.reserve(free)).toBeDefined();
  });

  test("does not resize a place that is gone", async () => {
    const pool = await startPool();
    const reservation = reserve(pool, 10);
    reservation.cancel();
    expect(reservation.resize(5)).toBe(false);
    expect(pool.stats).toMatchObject(nothingInFlight);
  });

  test("holds bytes that are there already, even beyond the limit, and what comes next is refused until they are freed", async () => {
    const pool = await startPool({ queueBytesMax: 100, queueLengthMax: 1 });
    reserve(pool, 60);
    const free = pool.hold(70);
    expect(pool.stats).toMatchObject({ inFlight: 2, bytesInFlight: 130 });
    expect(pool.reserve(0)).toBeUndefined();
    free();
    free();
    expect(pool.stats).toMatchObject({ inFlight: 1, bytesInFlight: 60 });
    expect(pool.reserve(41)).toBeUndefined();
    expect(pool.reserve(40)).toBeDefined();
  });

  test("closes once what it holds is freed, and drops nothing", async () => {
    const pool = await startPool();
    const free = pool.hold(10);
    const closed = pool.close(60_000);
    expect(pool.stats.inFlight).toBe(1);
    free();
    expect(await closed).toBe(0);
  });

  test.each([
    ["what is not freed in time is dropped", 1],
    ["what comes once it is closed is not held", 0],
  ])("%s", async (_what, dropped) => {
    const pool = await startPool();
    if (dropped > 0) pool.hold(10);
    const closed = pool.close(0);
    if (dropped === 0) pool.hold(10);
    expect(await closed).toBe(dropped);
    expect(pool.stats).toMatchObject(nothingInFlight);
  });

  test("counts a body until its task is answered", async () => {
    const pool = await startPool();
    const job = new FollowedJob("held", ["hold"]);
    const answer = reserve(pool, 10).run(job, never);
    const waiting = reserve(pool, 20).run({ value: "waiting" }, never);
    await job.reached();
    expect(pool.stats).toMatchObject({ queued: 1, running: 1, inFlight: 2, bytesInFlight: 30 });
    job.release();
    await answer;
    await waiting;
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("runs one job for each reservation", async () => {
    const pool = await startPool();
    const reservation = reserve(pool);
    await reservation.run({ value: "first" }, never);
    await expect(reservation.run({ value: "second" }, never)).rejects.toThrow("one job");
    expect(pool.stats).toMatchObject(nothingInFlight);
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
      for (let count = 0; count < waiting; count++) reserve(pool);
      expect(pool.retryAfterSeconds()).toBe(seconds);
    },
  );

  test("tells how long a task waited for its worker", async () => {
    const pool = await startPool();
    const now = vi.spyOn(performance, "now").mockReturnValue(1000);
    const job = new FollowedJob("held", ["hold"]);
    const answer = reserve(pool).run(job, never);
    const waiting = reserve(pool).run({ value: "waiting" }, never);
    await job.reached();
    now.mockReturnValue(1500);
    job.release();
    const [first, second] = await Promise.all([answer, waiting]);
    now.mockRestore();
    expect(first.queueMs).toBe(0);
    expect(second.queueMs).toBe(500);
  });
});
