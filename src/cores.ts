import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * How many cores this process may use. availableParallelism() knows the affinity mask, and no quota in every Node version:
 * a container's is read here.
 */
export function countCores(): number {
  const [quota, period] = [
    readNumbers("/sys/fs/cgroup/cpu.max"),
    [...readNumbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), ...readNumbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us")],
  ].find((numbers) => numbers.length === 2 && numbers.every((value) => value > 0)) ?? [Number.POSITIVE_INFINITY, 1];
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota! / period!)));
}

/** The numbers in a file, none where there is no such file: "max" is no quota and becomes NaN, which nobody takes. */
function readNumbers(path: string): number[] {
  try {
    return readFileSync(path, "utf8").trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
