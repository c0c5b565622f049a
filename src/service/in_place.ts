import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { TakesLong } from "../engine/engine.ts";
import { dropEngine, engine } from "../engine/instance.ts";
import type { KnownAnswer } from "../pool/worker.ts";
import { answer, formatOf, type Job, type JobResult } from "./formats.ts";

/**
 * What the HTTP thread computes itself, with the workers' code: requests that take less time than the way to a worker.
 * It must not stop health checks, so what decides are the bytes, which bound the work before any of it is done; numbers
 * that have to be computed without bounds are a worker's.
 * Throws an Error if this thread's engine does not give the known answer.
 */
export function answerInPlace(
  config: Config,
  logger: Logger,
  known: KnownAnswer<Job, JobResult>,
): (job: Job) => JobResult | undefined {
  const numbersMax = config.INLINE_ELEMENTS_MAX;
  // The first answer also compiles the engine.
  if (numbersMax > 0 && !known.accepts(answer(known.job))) throw new Error("the engine gave a wrong answer");
  return (job) => {
    const { inPlace } = formatOf(job);
    if (!inPlace) return undefined;
    const bytesMax = numbersMax * inPlace.bytesPerNumber;
    if (job.body.length > bytesMax || inPlace.suits?.(job) === false) return undefined;
    const here = engine();
    try {
      here.isHurried = true;
      const elementsMax = Math.min(job.elementsMax, bytesMax);
      const result = answer({ ...job, elementsMax });
      const refused = result.ok ? inPlace.hasFailed?.(result) : result.problem.code === "too_many_elements";
      // A shape with an axis of 0 may count more numbers than its bytes suggest. A worker decides, by the real limit.
      return refused && elementsMax < job.elementsMax ? undefined : result;
    } catch (err) {
      if (err instanceof TakesLong) return undefined;
      logger.error({ err, loss: job.loss }, "a computation in place failed: a worker tries it");
      dropEngine();
      return undefined;
    } finally {
      here.isHurried = false;
    }
  };
}
