import { answerGrading, isGrading } from "./grading/answer.ts";
import { serveTasks } from "./pool/host.ts";
import { answer, engine } from "./wire/answer.ts";
import type { Job, JobResult } from "./wire/job.ts";

serveTasks<Job, JobResult>((job) => {
  const result = isGrading(job) ? answerGrading(engine(), job) : answer(job);
  // The reply's memory is its own: it moves to the HTTP thread without a copy.
  const transfer = result.ok ? [result.reply.buffer as ArrayBuffer] : [];
  return { result, transfer, memoryBytes: engine().memoryBytes };
});
