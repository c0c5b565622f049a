import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { engine } from "./engine/instance.ts";
import { answerGrading, isGrading } from "./grading/answer.ts";
import { serveTasks } from "./pool/host.ts";
import type { Job, JobResult } from "./wire/job.ts";
import { scratchBytes } from "./wire/parts/parts.ts";
import { answer } from "./wire/run.ts";

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

function isPlain(memory: ArrayBufferLike): memory is ArrayBuffer {
  return memory instanceof ArrayBuffer;
}

giveWay();
serveTasks<Job, JobResult>((job) => {
  const result = isGrading(job) ? answerGrading(engine(), job) : answer(job);
  // The reply's memory is its own, and moves to the HTTP thread without a copy, or it is shared.
  const transfer = result.ok ? [...new Set(result.reply.map(({ buffer }) => buffer))].filter(isPlain) : [];
  return { result, transfer, memoryBytes: engine().memoryBytes + scratchBytes() };
});
