// A job that is cut into parts, which run at the same time.
import { describe, expect, test, vi } from "vitest";
import type { Cut } from "#lossd/pool/pool.js";
import {
  Crew,
  FollowedJob,
  type Job,
  nothingInFlight,
  type Result,
  run,
  type Step,
  startPool,
  submit,
} from "./obedient_pool.js";

/** Cuts the job "large" into these parts; a part that is abandoned stops holding. */
class Parts implements Cut<Job, Result> {
  readonly abandoned = vi.fn();
  readonly parts: readonly FollowedJob[];
  joins = true;

  constructor(...steps: Step[][]) {
    this.parts = steps.map((names, place) => new FollowedJob(`part ${place}`, names));
  }

  split(job: Job, workers: number): readonly Job[] | undefined {
    return job.value === "large" && workers >= this.parts.length ? this.parts : undefined;
  }

  abandon(): void {
    this.abandoned();
    this.release();
  }

  join(results: readonly Result[]): Result | undefined {
    return this.joins ? { ...results[0]!, value: results.map(({ value }) => value).join(" + ") } : undefined;
  }

  release(): void {
    for (const part of this.parts) part.release();
  }

  /** Resolves when each part runs on a worker of its own. */
  async reached(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.reached()));
  }
}

const large: Job = { value: "large" };

describe("a job in parts", () => {
  test("runs on all of its workers at the same time, and is answered once, in the order of the parts", async () => {
    const cut = new Parts(["hold"], ["hold"], ["hold"]);
    const pool = await startPool({ size: 3, cut });
    const { answer } = submit(pool, large);
    await cut.reached();
    expect(pool.stats).toMatchObject({ running: 3, inFlight: 1 });
    for (const part of cut.parts.toReversed()) part.release();
    expect((await answer).result.value).toBe("part 0 + part 1 + part 2");
    expect(cut.abandoned).not.toHaveBeenCalled();
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test("takes no worker that another task could have", async () => {
    const cut = new Parts(["hold"], ["hold"]);
    const pool = await startPool({ size: 2, cut });
    const busy = new FollowedJob("busy", ["hold"]);
    const held = run(pool, busy);
    await busy.reached();
    expect(await run(pool, large)).toMatchObject({ value: "large" });
    busy.release();
    await held;
  });

  test("is run whole if its parts cannot be joined", async () => {
    const cut = new Parts([], []);
    cut.joins = false;
    const pool = await startPool({ size: 2, cut });
    expect(await run(pool, large)).toMatchObject({ value: "large" });
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
  });

  test.each<{ death: Step }>([{ death: "crash" }, { death: "exit_once" }, { death: "answer_a_function_once" }])(
    "one of which ends its worker by $death is abandoned, and run whole",
    async ({ death }) => {
      const crew = new Crew();
      const cut = new Parts(["hold"], [death]);
      const pool = await startPool({ size: 2, cut }, crew);
      expect(await run(pool, large)).toMatchObject({ value: "large" });
      expect(cut.abandoned).toHaveBeenCalledTimes(1);
      expect(crew.replaced).toEqual(["crash"]);
      expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 1 });
    },
  );

  test("whose parts all end their workers counts that as one crash, and is run whole", async () => {
    const crew = new Crew();
    const cut = new Parts(["crash"], ["crash"], ["crash"]);
    const pool = await startPool({ size: 3, cut }, crew);
    expect(await run(pool, large)).toMatchObject({ value: "large" });
    expect(crew.replaced).toEqual(["crash", "crash", "crash"]);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 3 });
  });

  test("that ends a worker as a part and as a whole is answered with worker_crashed", async () => {
    const cut = new Parts(["hold"], ["crash"]);
    const pool = await startPool({ size: 2, cut });
    const poison: Job = { value: "large", steps: ["crash"] };
    await expect(run(pool, poison)).rejects.toMatchObject({ code: "worker_crashed" });
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 2 });
  });

  test("is stopped on every worker by its deadline", async () => {
    const crew = new Crew();
    const cut = new Parts(["hang"], ["hang"]);
    const pool = await startPool({ size: 2, cut }, crew);
    await expect(run(pool, large, performance.now() + 100)).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(await run(pool, { value: "next" })).toMatchObject({ value: "next" });
    expect(crew.replaced).toEqual(["deadline", "deadline"]);
    expect(pool.stats).toEqual({ ...nothingInFlight, restarts: 2 });
  });

  test("counts after it is cancelled until every part has ended, and is not run whole", async () => {
    const cut = new Parts(["hold"], ["hold"]);
    cut.joins = false;
    const pool = await startPool({ size: 2, cut });
    const whole = new FollowedJob("large", ["hold"]);
    const cancelled = submit(pool, whole);
    await cut.reached();
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ name: "AbortError" });
    cut.parts[0]!.release();
    expect(pool.stats).toMatchObject({ inFlight: 1 });
    cut.parts[1]!.release();
    await expect.poll(() => pool.stats).toEqual({ ...nothingInFlight, restarts: 0 });
    expect(whole.timesHeld).toBe(0);
  });
});
