import { spawnSync } from "node:child_process";

/** From now on this process may use so many seconds of the processor, or without end; past them the system ends it. */
export function limitProcessorTime(secondsMore: number | undefined): void {
  const { user, system } = process.cpuUsage();
  const seconds = secondsMore === undefined ? "unlimited" : Math.ceil((user + system) / 1e6 + secondsMore);
  // Of the two limits the soft one alone: it can be lifted again.
  spawnSync("prlimit", ["--pid", `${process.pid}`, `--cpu=${seconds}:`], { stdio: "ignore" });
}
