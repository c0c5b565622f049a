import { getHeapStatistics } from "node:v8";
import { engine } from "../engine/instance.ts";
import { gradingFormats } from "../grading/formats.ts";
import { answerAs, type Format, type Media } from "../wire/format.ts";
import * as wireFormats from "../wire/formats.ts";
import type { Answer, Refusal } from "../wire/job.ts";
import { scratchBytes } from "../wire/parts/read.ts";
import { abandonParts, joinParts, progressOfParts, splitJob } from "../wire/parts/split.ts";

/** Every format that a worker answers: nothing else asks which format a job has. */
const formats = { ...wireFormats, ...gradingFormats };

type Formats = typeof formats;
type FormatName = keyof Formats;

/** What a worker computes: one request, as bytes, in one of the formats, whose name is its `format`. */
export type Job = Parameters<Formats[FormatName]["answer"]>[0];

/** What answers a job of that format. */
type AnswerTo<Name extends FormatName> = ReturnType<Formats[Name]["answer"]>;

export type JobAnswer = AnswerTo<FormatName>;
export type JobResult = JobAnswer | Refusal;

type Without<Kind, Name extends string> = Kind extends unknown ? Omit<Kind, Name> : never;

/** What a route says of a job: all but the body, the memory of its reply, and the limits. */
export type JobHead = Without<Job, "body" | "replyMemory" | "elementsMax" | "replyBytesMax">;

/** The formats that the content type of a computation's body chooses. */
export const bodyFormats = Object.entries(formats).flatMap(([name, { media }]: [string, { media?: Media }]) =>
  media ? [{ name: name as FormatName, media }] : [],
);

export function formatOf(job: Job): Format<Job, JobAnswer, Job> {
  // TypeScript cannot tell that the table's entry takes the job that it was found by.
  return formats[job.format] as Format<Job, JobAnswer, Job>;
}

/** Bytes in, bytes out: parses, computes and prints one body. What the caller did wrong is a result, not an exception. */
export function answer<Kind extends Job>(job: Kind): AnswerTo<Kind["format"]> | Refusal {
  return answerAs(formatOf(job), job) as AnswerTo<Kind["format"]> | Refusal;
}

/**
 * Cuts a job by rows into parts of half of `bytesMin` or more, at most as many as there are workers. Undefined: it is
 * smaller than `bytesMin`, or cannot be cut.
 */
export function split(job: Job, workers: number, bytesMin: number): readonly Job[] | undefined {
  const { cut } = formatOf(job);
  return cut && splitJob(cut, job, workers, bytesMin);
}

/** Lets the parts of a job know that one of them will not answer: none of them waits for it. */
export function abandon([job]: readonly Job[]): void {
  if (job && "part" in job) abandonParts(job.part);
}

/** How far the parts of a job have come, for the log. */
export function progress([job]: readonly Job[]): object {
  return job && "part" in job ? progressOfParts(job.part) : {};
}

/** The answer of all parts together; undefined where one has none: then the request is to be answered as a whole. */
export function join(results: readonly JobResult[]): JobAnswer | undefined {
  const parts = results.filter((result) => !result.ok || "splitPoints" in result);
  return parts.length < results.length ? undefined : joinParts(parts);
}

/** Bytes that this thread keeps between jobs: the engine's, those of parts, and V8's heap. */
export function memoryBytes(): number {
  return engine().memoryBytes + scratchBytes() + getHeapStatistics().used_heap_size;
}

/** The pieces of a reply that lie in memory of their own, which moves to another thread without a copy. */
export function transferable({ reply }: Answer): ArrayBuffer[] {
  return [...new Set(reply.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}
