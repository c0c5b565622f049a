import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { dropEngine } from "../engine/instance.ts";
import type { KnownAnswer } from "../pool/thread.ts";
import type { Job, JobResult } from "../wire/job.ts";
import { answer } from "../wire/run.ts";

/** A curve's query is short and its points are many, and so it is with a task's cases. */
const forWorkers: readonly Job["format"][] = ["curve", "check", "grade", "cases"];

const newline = 0x0a;

/** JSON of a double with all its digits, and the comma. Shorter numbers cost less to parse, so that bytes tell the work. */
const bytesPerNumber = 20;

/**
 * What the HTTP thread computes itself, with the workers' code: requests that take less time than the way to a worker.
 * It must not stop health checks, so what decides are the bytes, which bound the work before any of it is done.
 * Throws an Error if this thread's engine does not give the known answer.
 */
export function answerInPlace(
  config: Config,
  logger: Logger,
  known: KnownAnswer<Job, JobResult>,
): (job: Job) => JobResult | undefined {
  const bytesMax = config.INLINE_ELEMENTS_MAX * bytesPerNumber;
  // The first answer also compiles the engine.
  if (bytesMax > 0 && !known.accepts(answer(known.job))) throw new Error("the engine gave a wrong answer");
  return (job) => {
    if (job.body.length > bytesMax || forWorkers.includes(job.format) || isSeveralLines(job)) return undefined;
    try {
      const elementsMax = Math.min(job.elementsMax, bytesMax);
      const result = answer({ ...job, elementsMax });
      const refused = result.ok ? (result.lines?.failed ?? 0) > 0 : result.problem.code === "too_many_elements";
      // A shape with an axis of 0 says more than its bytes: a worker answers, under the request's own limit.
      return refused && elementsMax < job.elementsMax ? undefined : result;
    } catch (err) {
      logger.error({ err, loss: job.loss }, "a computation in place failed: a worker tries it");
      dropEngine();
      return undefined;
    }
  };
}

/** Each has the cost of a request, which its bytes say nothing of: a bundle of short ones takes milliseconds. */
function isSeveralLines({ format, body }: Job): boolean {
  if (format !== "lines") return false;
  const end = body.indexOf(newline);
  return end >= 0 && end < body.length - 1;
}
