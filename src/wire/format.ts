import { Problem } from "../problems.ts";
import type { Answer, BaseJob, Refusal } from "./job.ts";
import type { Cut } from "./parts/split.ts";

/** What bodies of one kind are written in, as data. A format's name is its key in a table, and the `format` of its jobs. */
export interface Format<Job extends BaseJob, Reply extends Answer = Answer, PartJob extends BaseJob = BaseJob> {
  /** Bytes in, bytes out: reads, computes and prints one body. Throws a Problem for what the caller did wrong. */
  answer(job: Job): Reply;
  /** How a computation's body chooses this format. Absent: a route names it. */
  readonly media?: Media;
  /** Absent: only workers answer such jobs. */
  readonly inPlace?: InPlace<Job, Reply>;
  /** Absent: such jobs are never cut by rows. */
  readonly cut?: Cut<Job, PartJob>;
}

/** The media type of bodies, UTF-8 text, and of the replies to them. */
export interface Media {
  readonly type: string;
  /** For the OpenAPI document: what a body and a reply hold. Absent where they have schemas of their own. */
  readonly holds?: { readonly request: string; readonly reply: string };
}

/** When the HTTP thread may answer a job itself. Its bytes decide, because they are known before any work is done. */
export interface InPlace<Job, Reply> {
  /** A body of so many bytes takes the work of one number at most. */
  readonly bytesPerNumber: number;
  /** False for a job whose bytes say too little of its work. */
  suits?(job: Job): boolean;
  /** Whether a reply holds a problem that a lower ELEMENTS_MAX may have caused. */
  hasFailed?(reply: Reply): boolean;
}

/** JSON of a double with all its digits, and the comma. Shorter numbers cost less to parse, so that bytes tell the work. */
export const bytesPerNumber = 20;

/** Answers a job of this format. What the caller did wrong is a result, not an exception. */
export function answerAs<Job extends BaseJob, Reply extends Answer>(
  format: Format<Job, Reply>,
  job: Job,
): Reply | Refusal {
  try {
    return format.answer(job);
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.data };
    throw error;
  }
}
