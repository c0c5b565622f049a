import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { serveTasks } from "./pool/host.ts";
import { answer, type Job, type JobResult, memoryBytes, transferable } from "./service/formats.ts";

/** The HTTP thread, at 0, gets about three times the processor of a worker where they share one. */
const niceness = 5;

/** Health checks and other requests wait for the HTTP thread, and it needs little: it goes before computations. */
function giveWay(): void {
  try {
    // Linux keeps a priority for each thread, and this link ends in this thread's number.
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), niceness);
  } catch {
    // Elsewhere threads have no number to be found, and all go alike.
  }
}

giveWay();
serveTasks<Job, JobResult>((job) => {
  const result = answer(job);
  return { result, transfer: result.ok ? transferable(result) : [], memoryBytes: memoryBytes() };
});
