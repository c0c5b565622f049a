import { readFileSync } from "node:fs";

/** What Linux says of one thread of this process: its state (R runs, S waits) and the processor time that it has had, in ticks. */
export function threadStat(threadId: number): { state?: string; userTicks?: number; systemTicks?: number } {
  try {
    const text = readFileSync(`/proc/self/task/${threadId}/stat`, "latin1");
    // The name before the last bracket may hold spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, userTicks: Number(fields[11]), systemTicks: Number(fields[12]) };
  } catch {
    return {};
  }
}
