import { setTimeout as delay } from "node:timers/promises";
import type { Task } from "../../pool/pool.ts";
import { Problem, type ProblemCode } from "../../problems.ts";
import { idOf, isBlank, problemLine, splitLines } from "../../wire/ndjson/lines.ts";
import type { Job, JobResult } from "../formats.ts";
import type { ComputePool } from "../lifecycle.ts";
import type { Account, Budget } from "../memory/budget.ts";
import type { Bundle } from "./line_reader.ts";
import type { LineAnswer, LineJob, LineWork } from "./line_work.ts";

export interface StreamSettings extends JobSettings {
  readonly lineBytesMax: number;
  /** The longest time in which nothing comes, goes or is computed; undefined: there is no limit. */
  readonly idleTimeoutMs?: number;
  /** Bytes of lines at work and of unread replies, beyond which nothing more is read. */
  readonly bufferBytesMax: number;
  /** How many bundles may be at work, or done and waiting for one before them. */
  readonly bundlesMax: number;
}

export interface JobSettings {
  readonly work: LineWork;
  readonly summaryOnly: boolean;
  readonly elementsMax: number;
  readonly replyBytesMax?: number;
  /** The longest time for a line to arrive in full, and again for its answer. */
  readonly lineTimeoutMs: number;
}

/** The answers to some lines, in their order. */
export interface LinesReply {
  readonly bytes: Uint8Array;
  /** Undefined for one line that no worker answered. */
  readonly answer?: LineAnswer;
}

/** Problems that a single line may bring on its whole bundle. Then its lines are computed again, one by one. */
const blamedOnOne: readonly ProblemCode[] = ["worker_crashed", "deadline_exceeded"];

/** Answers the bundles of one stream in the pool. */
export class LineJobs {
  readonly #pool: ComputePool;
  readonly #settings: JobSettings;
  readonly #budget: Budget;
  readonly #accounts = new Set<Account>();
  readonly #tasks = new Set<Task<JobResult>>();
  readonly #cancelled = new AbortController();
  #waiting = 0;
  #opened: boolean;

  constructor(pool: ComputePool, budget: Budget, settings: JobSettings) {
    this.#pool = pool;
    this.#budget = budget;
    this.#settings = settings;
    this.#opened = settings.work.opening === undefined;
  }

  /** Whether something waits for memory, or for the queue. */
  get waiting(): boolean {
    return this.#waiting > 0;
  }

  /** Waits in line for memory, for lineTimeoutMs at most. Undefined: it was in vain, or `unwanted` was aborted. */
  async reserve(bytes: number, unwanted: AbortSignal = this.#cancelled.signal): Promise<Account | undefined> {
    if (unwanted.aborted) return undefined;
    const account = this.#budget.open();
    if (!account.grow(bytes) && !(await this.#waitForMemory(account, bytes, unwanted))) return undefined;
    this.#accounts.add(account);
    return account;
  }

  async #waitForMemory(account: Account, bytes: number, unwanted: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const takeBack = account.growLater(bytes, () => resolve(true));
    const giveUp = () => {
      takeBack();
      resolve(false);
    };
    const timer = setTimeout(giveUp, this.#settings.lineTimeoutMs);
    unwanted.addEventListener("abort", giveUp);
    this.#waiting++;
    try {
      return await promise;
    } finally {
      this.#waiting--;
      clearTimeout(timer);
      unwanted.removeEventListener("abort", giveUp);
    }
  }

  release(account: Account | undefined): void {
    if (!account) return;
    account.close();
    this.#accounts.delete(account);
  }

  /** Drops all work and gives back all memory: nobody waits for the answers any more. */
  cancel(reason: unknown): void {
    this.#cancelled.abort(reason);
    for (const task of this.#tasks) task.cancel();
    for (const account of this.#accounts) this.release(account);
  }

  /** Answers a bundle; without an account each line gets a problem. Rejects for a fault of ours, or when cancelled. */
  async answer(bundle: Bundle, account: Account | undefined): Promise<LinesReply[]> {
    try {
      if (!account) throw new Problem("deadline_exceeded", "there was no room in memory within REQUEST_TIMEOUT_MS");
      return [await this.#run(bundle)];
    } catch (error) {
      if (!(error instanceof Problem)) throw this.#cancelled.signal.aborted ? this.#cancelled.signal.reason : error;
      const lines = linesOf(bundle);
      if (account && lines.length > 1 && blamedOnOne.includes(error.code)) return this.#answerEach(lines);
      return lines.map(({ first, text }) => ({ bytes: problemLine(error, first, idOf(text)) }));
    } finally {
      this.release(account);
    }
  }

  /** Whether lines can be answered: no opening line is needed, or it was taken in. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Has a worker take in the opening line. Rejects with what is wrong with it. */
  async open(first: Bundle, account: Account | undefined): Promise<void> {
    try {
      if (!account) throw new Problem("deadline_exceeded", "there was no room in memory within REQUEST_TIMEOUT_MS");
      await this.#do(this.#settings.work.opening!.jobOf(first), first);
      this.#opened = true;
    } finally {
      this.release(account);
    }
  }

  /** Throws a Problem (invalid_request) where a stream ends before its opening line. */
  checkOpened(): void {
    const { opening } = this.#settings.work;
    if (!this.#opened) throw Problem.of([{ pointer: "", detail: `the first line is missing: ${opening!.holds}` }]);
  }

  async #answerEach(lines: readonly Bundle[]): Promise<LinesReply[]> {
    const replies: LinesReply[] = [];
    for (const line of lines) replies.push(...(await this.answer(line, await this.reserve(line.text.length))));
    return replies;
  }

  async #run(bundle: Bundle): Promise<LinesReply> {
    const { work, summaryOnly } = this.#settings;
    const answer = await this.#do(work.jobOf(bundle, !summaryOnly), bundle);
    return { bytes: answer.reply[0]!, answer };
  }

  async #do(job: LineJob, { text }: Bundle): Promise<LineAnswer> {
    const { elementsMax, replyBytesMax, lineTimeoutMs } = this.#settings;
    const whole: Job = { ...job, elementsMax, replyBytesMax };
    const result = this.#pool.inPlace(whole) ?? (await this.#submit(whole, text.length, lineTimeoutMs));
    if (!result.ok) throw Problem.from(result.problem);
    return result as LineAnswer;
  }

  /** Has a worker answer, once the queue takes the job. */
  async #submit(job: Job, bytes: number, lineTimeoutMs: number): Promise<JobResult> {
    const submit = () => this.#pool.submit(job, { bytes, deadlineMs: performance.now() + lineTimeoutMs });
    const task = submit() ?? (await this.#waitForQueue(submit, lineTimeoutMs));
    if (this.#cancelled.signal.aborted) {
      task?.cancel();
      throw this.#cancelled.signal.reason;
    }
    if (!task) throw new Problem("deadline_exceeded", "the queue stayed full for REQUEST_TIMEOUT_MS");
    this.#tasks.add(task);
    try {
      return (await task.answer).result;
    } finally {
      this.#tasks.delete(task);
    }
  }

  /** Submits as soon as the queue has space. Undefined: it had none in time, or nobody waits any more. */
  async #waitForQueue(submit: () => Task<JobResult> | undefined, timeoutMs: number) {
    const enough = new AbortController();
    const late = delay(timeoutMs, "late", { signal: enough.signal }).catch(() => "late");
    this.#waiting++;
    try {
      while ((await Promise.race([this.#pool.space(), late])) !== "late") {
        if (this.#cancelled.signal.aborted) return undefined;
        const task = submit();
        if (task) return task;
      }
      return undefined;
    } finally {
      enough.abort();
      this.#waiting--;
    }
  }
}

/** Each line as a bundle of its own. */
function linesOf({ first, text }: Bundle): Bundle[] {
  const lines = [...splitLines(text)].map((line, i) => ({ first: first + i, text: line }));
  return lines.filter((line) => !isBlank(line.text));
}
