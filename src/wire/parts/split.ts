import { SharedPeers } from "../../engine/peers.ts";
import type { Answer, BaseJob, Refusal } from "../job.ts";
import type { PartNumber } from "./json_rows.ts";

/** How jobs of one format are cut by rows into parts that run at the same time. */
export interface Cut<Job extends BaseJob, PartJob extends BaseJob> {
  /** False for a job that cannot be cut. True promises nothing: whether its rows can be found, the parts find out. */
  suits?(job: Job): boolean;
  /** The job of one part. Its format's answers are PartAnswers. */
  partOf(job: Job, part: Part): PartJob;
}

/** One of several parts, and the memory that they share: SharedPeers'. */
export interface Part extends PartNumber {
  readonly memory: SharedArrayBuffer;
}

/** Where the replies of several parts go together. */
export interface SplitPoints {
  /** Where each tensor's numbers begin and end in the text, in pairs. */
  readonly marks: readonly number[];
  /** What stands between the numbers of two parts. */
  readonly separator: string;
}

export interface PartAnswer extends Answer {
  readonly splitPoints: SplitPoints;
  /** v2: bytes of JSON before the binary tensors; absent where there are none. */
  readonly jsonLength?: number;
}

/**
 * Cuts a request into parts of half of `bytesMin` or more, at most as many as there are workers. Undefined: it is smaller
 * than `bytesMin`, or of a kind that is not cut.
 */
export function splitJob<Job extends BaseJob, PartJob extends BaseJob>(
  cut: Cut<Job, PartJob>,
  job: Job,
  workers: number,
  bytesMin: number,
): readonly PartJob[] | undefined {
  const { length } = job.body;
  const count = Math.min(workers, Math.floor((2 * length) / bytesMin));
  if (length < bytesMin || count < 2 || cut.suits?.(job) === false) return undefined;
  const memory = SharedPeers.memory(count);
  const { replyMemory } = job;
  const each = Math.floor((replyMemory?.length ?? 0) / count);
  return Array.from({ length: count }, (_, index) => {
    const own = replyMemory && { replyMemory: replyMemory.subarray(index * each, (index + 1) * each) };
    const replyBytesMax = job.replyBytesMax && Math.ceil(job.replyBytesMax / count);
    return cut.partOf({ ...job, ...own, replyBytesMax }, { index, count, memory });
  });
}

/** Lets the parts of a request know that one of them will not answer: none of them waits for it. */
export function abandonParts({ memory }: Part): void {
  SharedPeers.abandon(memory);
}

/** How far the parts of a request have come: how many have arrived at the meeting that all must come to, and at which. */
export function progressOfParts({ memory }: Part): { arrived: number; round: number; abandoned: boolean } {
  return SharedPeers.progress(memory);
}

/** The answer of all parts together; undefined where one has none: then the request is to be answered as a whole. */
export function joinParts(results: readonly (PartAnswer | Refusal)[]): Omit<PartAnswer, "splitPoints"> | undefined {
  const parts = results.filter((result) => result.ok);
  const [first, ...others] = parts;
  if (!first || parts.length < results.length) return undefined;
  const { marks, separator } = first.splitPoints;
  const between = Buffer.from(separator);
  const [text] = first.reply as [Uint8Array];
  const reply: Uint8Array[] = [];
  let done = 0;
  // The first part's text is the reply's, and the others' numbers come in behind its own.
  for (let mark = 0; mark < marks.length; mark += 2) {
    reply.push(text.subarray(done, marks[mark + 1]));
    for (const { reply: pieces, splitPoints } of others) {
      reply.push(between, pieces[0]!.subarray(splitPoints.marks[mark], splitPoints.marks[mark + 1]));
    }
    done = marks[mark + 1]!;
  }
  reply.push(text.subarray(done));
  const slowest = (stage: keyof Answer["timings"]) => Math.max(...parts.map(({ timings }) => timings[stage]));
  const { jsonLength } = first;
  const timings = { parse: slowest("parse"), compute: slowest("compute"), print: slowest("print") };
  const { rows, columns } = first;
  return { ok: true, reply, ...(jsonLength !== undefined && { jsonLength }), rows, columns, timings };
}
