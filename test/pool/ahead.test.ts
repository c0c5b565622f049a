// A worker that has a job in hand is sent the next one ahead, so that it waits for nobody between the two.
import { describe, expect, test, vi } from "vitest";
import type { Cut } from "#lossd/pool/pool.js";
import { Crew, FollowedJob, type Job, nothingInFlight, type Result, run, startPool, submit } from "./obedient_pool.js";

/** Lets the calling thread see nothing of its workers, as if it were busy, until they have begun the job. */
function waitHere(job: FollowedJob): void {
  const until = performance.now() + 10_000;
  while (job.timesHeld === 0 && performance.now() < until);
}

describe("a job that is sent ahead", () => {
  test("is begun by its worker while the calling thread is busy", async () => {
    const pool = await startPool();
    const first = new FollowedJob("first", ["hold"]);
    const second = new FollowedJob("second", ["hold"]);
    const answers = [run(pool, first), run(pool, second)];
    await first.reached();
    first.release();
    waitHere(second);
    expect(second.timesHeld).toBe(1);
    second.release();
    expect((await Promise.all(answers)).map(({ value }) => value)).toEqual(["first", "second"]);
  });

  test.each([
    { what: "a longer one", bytes: 11 },
    { what: "one behind another", bytes: 10, before: true },
  ])("is no other: $what waits in the queue", async ({ bytes, before }) => {
    const pool = await startPool({ aheadBytesMax: 10 });
    const first = new FollowedJob("first", ["hold"]);
    const waiting = new FollowedJob("waiting", ["hold"]);
    const answers = [run(pool, first)];
    if (before) answers.push(run(pool, { value: "between" }));
    const task = submit(pool, waiting, { bytes });
    await first.reached();
    const ended = vi.fn();
    expect(pool.stats.queued).toBe(before ? 2 : 1);
    task.cancel();
    await task.answer.catch(ended);
    first.release();
    await Promise.all(answers);
    expect([ended.mock.calls.length, waiting.timesHeld]).toEqual([1, 0]);
  });

  test("goes to a worker that is idle first, when there is one", async () => {
    const pool = await startPool({ size: 2 });
    const [first, second] = [new FollowedJob("first", ["hold"]), new FollowedJob("second", ["hold"])];
    const [third, fourth] = [new FollowedJob("third", ["hold"]), new FollowedJob("fourth", ["hold"])];
    const answers = [first, second, third, fourth].map((job) => run(pool, job));
    await Promise.all([first.reached(), second.reached()]);
    // One worker ends both of its jobs; what the other was sent ahead comes to it.
    first.release();
    await third.reached();
    third.release();
    await fourth.reached();
    fourth.release();
    second.release();
    await Promise.all(answers);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("is given back untouched, and not as a crash, when its worker ends", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const poison = new FollowedJob("poison", ["hold", "crash"]);
    const behind = new FollowedJob("behind", ["hold"]);
    const ended = vi.fn();
    const doomed = run(pool, poison);
    const { answer } = submit(pool, behind, { onEnd: ended });
    await poison.reached();
    poison.release();
    await expect(doomed).rejects.toMatchObject({ code: "worker_crashed" });
    behind.release();
    expect((await answer).result.value).toBe("behind");
    expect(crew.replaced).toEqual(["crash", "crash"]);
    expect(behind.timesHeld).toBe(1);
    await expect.poll(() => ended.mock.calls).toEqual([[true]]);
  });

  test("is cancelled before its worker begins it, and never begun", async () => {
    const pool = await startPool();
    const first = new FollowedJob("first", ["hold"]);
    const second = new FollowedJob("second", ["hold"]);
    const answer = run(pool, first);
    const cancelled = submit(pool, second);
    await first.reached();
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ name: "AbortError" });
    first.release();
    await answer;
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(second.timesHeld).toBe(0);
  });

  test("whose deadline passes before its worker begins it leaves the worker alone", async () => {
    const crew = new Crew();
    const pool = await startPool({}, crew);
    const first = new FollowedJob("first", ["hold"]);
    const answer = run(pool, first);
    const late = run(pool, { value: "late" }, performance.now() + 30);
    await expect(late).rejects.toMatchObject({ code: "deadline_exceeded" });
    first.release();
    await answer;
    expect(crew.replaced).toEqual([]);
  });
});

describe("a worker that has a part in hand", () => {
  test("is sent nothing ahead, and gets no part while it has another job: two cut jobs would wait for each other", async () => {
    const parts = [new FollowedJob("part 0", ["hold"]), new FollowedJob("part 1", ["hold"])];
    const cut: Cut<Job, Result> = {
      split: ({ value }, workers) => (value === "large" && workers >= 2 ? parts : undefined),
      abandon: () => undefined,
      join: (results) => ({ ...results[0]!, value: "joined" }),
    };
    const pool = await startPool({ size: 2, cut });
    const large = run(pool, { value: "large" });
    await Promise.all(parts.map((part) => part.reached()));
    const behind = new FollowedJob("behind", ["hold"]);
    const next = run(pool, behind);
    parts[0]!.release();
    await behind.reached();
    // One worker has the job, the other a part: a second large job stays whole.
    const whole = run(pool, { value: "large" });
    behind.release();
    expect(await next).toMatchObject({ value: "behind" });
    expect(await whole).toMatchObject({ value: "large" });
    parts[1]!.release();
    expect(await large).toMatchObject({ value: "joined" });
  });
});
