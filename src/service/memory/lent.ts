import type { Job, JobResult } from "../formats.ts";
import { isShared, ownBytes, recycle, replyMemory } from "./memory.ts";

/**
 * The same job in memory that a worker can be sent, with some for a large reply: a small body may lie in what was read from
 * the socket.
 */
export function forWorker(job: Job): Job {
  const body = isShared(job.body.length) ? job.body : ownBytes(job.body);
  const memory = replyMemory(body);
  return { ...job, body, ...(memory && { replyMemory: memory }) };
}

/** Memory lent to a body and its reply. It is used again when no worker has it and the reply in it is sent. */
export class Lent {
  readonly #job: Job;
  readonly #onEnd: () => void;
  #ended: { readonly reusable: boolean } | undefined;
  #answered = false;
  /** Whether the reply lies in the lent memory: nothing else that comes from a worker is shared. */
  #holdsReply = false;

  constructor(job: Job, onEnd: () => void) {
    this.#job = job;
    this.#onEnd = onEnd;
  }

  /** Whether a worker may have it. */
  get isAtWork(): boolean {
    return this.#ended === undefined;
  }

  /** The memory that the sent reply keeps. */
  get sentBytes(): number {
    return this.#holdsReply ? this.#job.replyMemory!.buffer.byteLength : 0;
  }

  /** No worker has it any more. */
  end(reusable: boolean): void {
    this.#ended = { reusable };
    if (reusable) recycle(this.#job.body);
    this.#giveBack();
    this.#onEnd();
  }

  /** The worker's answer; undefined if none will be sent. */
  answer(result: JobResult | undefined): void {
    this.#answered = true;
    this.#holdsReply = result?.ok === true && result.reply.some(({ buffer }) => buffer instanceof SharedArrayBuffer);
    this.#giveBack();
  }

  /** The reply is sent. */
  sent(): void {
    this.#holdsReply = false;
    this.#giveBack();
  }

  #giveBack(): void {
    const { replyMemory: memory } = this.#job;
    if (!memory || !this.#answered || this.#holdsReply || !this.#ended?.reusable) return;
    // Once only.
    this.#ended = { reusable: false };
    recycle(memory);
  }
}
