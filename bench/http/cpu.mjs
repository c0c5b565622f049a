// Processor time of a server, with all the processes that it started.
import { readdirSync, readFileSync } from "node:fs";

/** Of Linux, whatever the machine (USER_HZ). */
const ticksPerSecond = 100;

/** Seconds that the processes of a group have had so far; undefined where there is no /proc that tells. */
export function cpuSecondsOf(group) {
  try {
    let ticks = 0;
    for (const name of readdirSync("/proc")) {
      if (/^\d+$/.test(name)) ticks += ticksOf(name, group);
    }
    return ticks / ticksPerSecond;
  } catch {
    return undefined;
  }
}

function ticksOf(pid, group) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name before the last bracket may hold spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(fields[2]) === group ? Number(fields[11]) + Number(fields[12]) : 0;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}
