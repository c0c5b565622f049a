import { setTimeout as delay } from "node:timers/promises";
import type { Reservation } from "../../pool/pool.ts";
import { Problem, type ProblemCode } from "../../problems.ts";
import { idOf, isBlank, problemLine, splitLines } from "../../wire/ndjson/lines.ts";
import type { Job, JobResult } from "../formats.ts";
import type { ComputePool } from "../lifecycle.ts";
import type { Bundle } from "./line_reader.ts";
import type { LineAnswer, LineJob, LineWork } from "./line_work.ts";

export interface StreamSettings extends JobSettings {
  readonly lineBytesMax: number;
  /** The longest time without a byte in, a byte out, or work; undefined: lines may take their time to come. */
  readonly idleTimeoutMs?: number;
  /** Bytes of lines at work and of unread replies, beyond which nothing more is read. */
  readonly bufferBytesMax: number;
  /** How many bundles are at work, or done and behind one that is not. */
  readonly bundlesMax: number;
}

export interface JobSettings {
  readonly work: LineWork;
  readonly summaryOnly: boolean;
  readonly elementsMax: number;
  /** From a line to its answer, and for its arrival. */
  readonly lineTimeoutMs: number;
}

/** What answers some lines, in their order. */
export interface Part {
  readonly bytes: Uint8Array;
  /** Undefined for one line that no worker answered. */
  readonly answer?: LineAnswer;
}

export type Place = Reservation<Job, JobResult>;

/** How often a stream asks for a place while the queue is full. */
const placePollMs = 10;

/** What one line can do to a whole bundle: the others are tried without it. */
const blamedOnOne: readonly ProblemCode[] = ["worker_crashed", "deadline_exceeded"];

/** Answers the bundles of one stream in the pool. */
export class LineJobs {
  readonly #pool: ComputePool;
  readonly #settings: JobSettings;
  readonly #places = new Set<Place>();
  #waiting = 0;
  #opened: boolean;
  #cancelled: { readonly reason: unknown } | undefined;

  constructor(pool: ComputePool, settings: JobSettings) {
    this.#pool = pool;
    this.#settings = settings;
    this.#opened = settings.work.opening === undefined;
  }

  /** Whether the queue is full, and something waits for a place in it. */
  get waiting(): boolean {
    return this.#waiting > 0;
  }

  /** Waits for a place while the queue is full. Undefined: a line's time is over, or it is not wanted any more. */
  async reserve(bytes: number, wanted = () => this.#cancelled === undefined): Promise<Place | undefined> {
    const until = performance.now() + this.#settings.lineTimeoutMs;
    this.#waiting++;
    try {
      for (;;) {
        const place = wanted() ? this.#pool.reserve(bytes) : undefined;
        if (place) this.#places.add(place);
        if (place || !wanted() || performance.now() > until) return place;
        await delay(placePollMs);
      }
    } finally {
      this.#waiting--;
    }
  }

  release(place: Place | undefined): void {
    if (!place) return;
    place.cancel();
    this.#places.delete(place);
  }

  /** Nobody waits for answers any more: every place is given back. */
  cancel(reason: unknown): void {
    this.#cancelled ??= { reason };
    for (const place of this.#places) this.release(place);
  }

  /** What answers the bundle, in this place or, without one, with problems. Rejects for a fault of ours, or cancelled. */
  async answer(bundle: Bundle, place: Place | undefined): Promise<Part[]> {
    try {
      if (!place) throw new Problem("deadline_exceeded", "the queue stayed full for REQUEST_TIMEOUT_MS");
      return [await this.#run(bundle, place)];
    } catch (error) {
      if (!(error instanceof Problem)) throw this.#cancelled ? this.#cancelled.reason : error;
      const lines = linesOf(bundle);
      if (place && lines.length > 1 && blamedOnOne.includes(error.code)) return this.#answerEach(lines);
      return lines.map(({ first, text }) => ({ bytes: problemLine(error, first, idOf(text)) }));
    } finally {
      this.release(place);
    }
  }

  /** Whether no first line is to come that is for all others. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Has that line taken in. Rejects with what is wrong with it. */
  async open(first: Bundle, place: Place | undefined): Promise<void> {
    try {
      if (!place) throw new Problem("deadline_exceeded", "the queue stayed full for REQUEST_TIMEOUT_MS");
      await this.#do(this.#settings.work.opening!.jobOf(first), first, place);
      this.#opened = true;
    } finally {
      this.release(place);
    }
  }

  /** Throws a Problem (invalid_request) where a stream ends before that line. */
  checkOpened(): void {
    const { opening } = this.#settings.work;
    if (!this.#opened) throw Problem.of([{ pointer: "", detail: `the first line is missing: ${opening!.holds}` }]);
  }

  async #answerEach(lines: readonly Bundle[]): Promise<Part[]> {
    const parts: Part[] = [];
    for (const line of lines) parts.push(...(await this.answer(line, await this.reserve(line.text.length))));
    return parts;
  }

  async #run(bundle: Bundle, place: Place): Promise<Part> {
    const { work, summaryOnly } = this.#settings;
    const answer = await this.#do(work.jobOf(bundle, !summaryOnly), bundle, place);
    return { bytes: answer.reply[0]!, answer };
  }

  async #do(job: LineJob, { text }: Bundle, place: Place): Promise<LineAnswer> {
    const { elementsMax, lineTimeoutMs } = this.#settings;
    // A large line took what it might become.
    place.resize(text.length);
    const { result } = await place.run({ ...job, elementsMax }, performance.now() + lineTimeoutMs);
    if (!result.ok) throw Problem.from(result.problem);
    return result as LineAnswer;
  }
}

/** Each line as a bundle of its own. */
function linesOf({ first, text }: Bundle): Bundle[] {
  const lines = [...splitLines(text)].map((line, i) => ({ first: first + i, text: line }));
  return lines.filter((line) => !isBlank(line.text));
}
