// One pool for the jobs of several HTTP threads, which send them as messages.
import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { PoolState } from "#lossd/pool/state.js";
import { servePool } from "#lossd/service/threads/pool_host.js";
import { RemotePool } from "#lossd/service/threads/remote_pool.js";
import { FollowedJob, type Job, type StepsPool, startPool } from "../pool/obedient_pool.js";

describe("a pool that other threads submit to", () => {
  const options = { bytes: 1, deadlineMs: Number.POSITIVE_INFINITY };
  const size = 1;
  const ports: { close(): void }[] = [];
  afterEach(() => {
    for (const port of ports.splice(0)) port.close();
  });

  /** A pool of fixture workers, and as two other threads have it. */
  async function startShared(queueLengthMax: number): Promise<{ pool: StepsPool; remotes: StepsPool[] }> {
    const limits = { size, queueLengthMax };
    const state = new PoolState(limits);
    const pool = await startPool({ ...limits, aheadBytesMax: 0, state });
    const connect = () => {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1);
      servePool(pool as never, port1);
      return RemotePool.connect(port2, new PoolState(limits, state.memory), () => undefined);
    };
    return { pool, remotes: (await Promise.all([connect(), connect()])) as never };
  }

  test("has one queue: its length is the limit of all threads together", async () => {
    const { pool, remotes } = await startShared(2);
    const job = new FollowedJob("held", ["hold"]);
    const tasks = [remotes[0]!, remotes[1]!, pool].map((each) => each.submit(job, options)!);
    for (const each of [pool, ...remotes]) {
      expect([each.full, each.ready]).toEqual([true, true]);
      expect(each.submit({ value: "one too many" }, options)).toBeUndefined();
    }
    const spaces = remotes.map((remote) => remote.space());
    job.release();
    for (const { answer } of tasks) expect((await answer).result.value).toBe("held");
    await Promise.all(spaces);
    expect(remotes.map(({ full }) => full)).toEqual([false, false]);
  });

  test("says at once that there is space, where it came meanwhile", async () => {
    const { remotes } = await startShared(2);
    await remotes[0]!.space();
  });

  test("of a full queue gives up first what a caller may have left, in whichever thread", async () => {
    const { pool, remotes } = await startShared(1);
    const job = new FollowedJob("held", ["hold"]);
    const held = remotes[0]!.submit(job, options)!;
    await job.reached();
    const halfClosed = remotes[0]!.submit({ value: "half closed" }, options)!;
    halfClosed.demote();
    await vi.waitUntil(() => !remotes[1]!.full);
    const next = remotes[1]!.submit({ value: "next" }, options)!;
    await expect(halfClosed.answer).rejects.toMatchObject({ code: "queue_full" });
    expect(pool.full).toBe(true);
    job.release();
    expect((await held.answer).result.value).toBe("held");
    expect((await next.answer).result.value).toBe("next");
  });

  test("tells a thread how each task ended, and once that no worker has it", async () => {
    const { remotes } = await startShared(5);
    const [remote] = remotes as [StepsPool];
    const ended: string[] = [];
    const submit = (value: string, job: Partial<Job>, deadlineMs = options.deadlineMs) =>
      remote.submit(
        { value, ...job },
        { ...options, deadlineMs, onEnd: (reusable) => ended.push(`${value} ${reusable}`) },
      )!;
    const held = new FollowedJob("held", ["hold"]);
    const first = submit("held", held);
    await held.reached();
    const late = submit("late", {}, performance.now() - 1);
    await expect(late.answer).rejects.toMatchObject({ code: "deadline_exceeded" });
    const cancelled = submit("cancelled", {});
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ name: "AbortError" });
    const crashing = submit("crashing", { steps: ["crash"] });
    held.release();
    await first.answer;
    await expect(crashing.answer).rejects.toMatchObject({ code: "worker_crashed" });
    expect(ended).toEqual(["late true", "cancelled true", "held true", "crashing false"]);
  });
});
