import { setPriority } from "node:os";
import { serveTasks, systemThreadId } from "../pool/host.ts";
import { answer, type Job, type JobResult, memoryBytes, transferable } from "./formats.ts";

/** The HTTP thread, at 0, gets about three times the processor of a worker where they share one. */
const niceness = 5;

/** Health checks and other requests wait for the HTTP thread, and it needs little: it goes before computations. */
function giveWay(): void {
  // Linux keeps a priority for each thread. Elsewhere threads have no number to be found, and all go alike.
  const threadId = systemThreadId();
  if (threadId !== undefined) setPriority(threadId, niceness);
}

giveWay();
serveTasks<Job, JobResult>((job) => {
  const result = answer(job);
  return { result, transfer: result.ok ? transferable(result) : [], memoryBytes: memoryBytes() };
});
