// A stream's large lines wait for room in memory as bodies do: in line, for as long as a line may take.
import { describe, expect, test } from "vitest";
import type { ComputePool } from "#lossd/service/lifecycle.js";
import { Budget } from "#lossd/service/memory/budget.js";
import { LineJobs } from "#lossd/service/stream/line_jobs.js";
import { computing } from "#lossd/service/stream/line_work.js";

const MiB = 2 ** 20;

/** The jobs of a stream for which all room is taken at first; no line is computed here. */
function openJobs({ lineTimeoutMs = 60_000 } = {}) {
  const budget = new Budget(80 * MiB);
  const before = budget.open(true);
  expect(before.grow(70 * MiB)).toBe(true);
  const settings = { work: computing("mse", {}), summaryOnly: false, elementsMax: 1, lineTimeoutMs };
  const jobs = new LineJobs({} as ComputePool, budget, settings);
  // May go beyond the limit, as one may: what comes after it waits.
  const first = budget.open(true);
  expect(first.grow(20 * MiB)).toBe(true);
  return { budget, before, first, jobs };
}

describe("a large line of a stream", () => {
  test("gets its room before a body that asked after it", async () => {
    const { budget, before, jobs } = openJobs();
    const order: string[] = [];
    const line = jobs.reserve(20 * MiB).then(() => order.push("line"));
    expect(jobs.waiting).toBe(true);
    const body = new Promise<void>((resolve) => {
      budget.open(true).growLater(20 * MiB, () => {
        order.push("body");
        resolve();
      });
    });
    before.shrinkTo(50 * MiB);
    await line;
    expect(order).toEqual(["line"]);
    before.close();
    await body;
    expect(jobs.waiting).toBe(false);
  });

  test("that gets none for as long as a line may take waits no longer, and leaves the line", async () => {
    const { budget, jobs } = openJobs({ lineTimeoutMs: 20 });
    await expect(jobs.reserve(20 * MiB)).resolves.toBeUndefined();
    expect(jobs.waiting).toBe(false);
    expect(budget.isShort).toBe(false);
  });

  test("whose client is gone leaves the line at once", async () => {
    const { budget, jobs } = openJobs();
    const line = jobs.reserve(20 * MiB);
    jobs.cancel(new Error("gone"));
    await expect(line).resolves.toBeUndefined();
    expect(budget.isShort).toBe(false);
  });
});
