import { Readable } from "node:stream";
import { engine } from "../../engine/instance.ts";
import { Problem, problemMembers } from "../../problems.ts";
import { problemLine } from "../../wire/ndjson/lines.ts";
import type { ComputePool } from "../lifecycle.ts";
import type { Account, Budget } from "../memory/budget.ts";
import { LineJobs, type LinesReply, type StreamSettings } from "./line_jobs.ts";
import { type Bundle, bundleMax, LineReader } from "./line_reader.ts";
import type { LineTotals } from "./line_work.ts";
import { Unread } from "./unread.ts";
import { watch } from "./watch.ts";

/** A reader's progress is seen in a large reply too. */
const pieceBytes = 1 << 16;
/** A line without an end is passed over for up to this many times the limit. */
const skipFactor = 4;

/**
 * Answers lines of NDJSON while they come: several at once, in their order, with bounded memory and a bounded number of
 * tasks. While the queue is full it waits; while replies are not read it reads nothing.
 */
export class LineStream {
  /** The reply lines; whoever runs the stream ends it. */
  readonly output: Readable;
  readonly totals: LineTotals;
  /** Milliseconds that its lines took in workers, and the bytes that have come. */
  readonly timings = { parse: 0, compute: 0, print: 0 };
  received = 0;
  readonly #source: Readable;
  readonly #settings: StreamSettings;
  readonly #reader: LineReader;
  readonly #jobs: LineJobs;
  readonly #unread: Unread;
  #wake = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  #tail: Promise<void> = Promise.resolve();
  #bundles = 0;
  #bytesAtWork = 0;
  #allRead = false;
  #lineSince: number | undefined;
  /** Of a large line that is still coming. */
  #account: Account | undefined;

  constructor(source: Readable, pool: ComputePool, budget: Budget, settings: StreamSettings) {
    this.#source = source;
    this.#settings = settings;
    this.totals = settings.work.totals;
    this.#reader = new LineReader(settings.lineBytesMax);
    this.#jobs = new LineJobs(pool, budget, settings);
    this.output = new Readable({ highWaterMark: settings.bufferBytesMax, read: () => this.#changed() });
    this.#unread = new Unread(this.output, budget, settings.bufferBytesMax);
  }

  /**
   * Answers every line, then says what they come to. Rejects with what stopped it, or with a Problem of the stream as a
   * whole, once the lines at work are answered.
   */
  async run(): Promise<void> {
    const changed = () => this.#changed();
    const unwatch = watch(
      this.#settings,
      () => this.#look(),
      (problem) => this.stop(problem),
    );
    this.#source.on("readable", changed).on("end", changed);
    try {
      await this.#readAll();
      this.#jobs.checkOpened();
      this.#allRead = true;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#jobs.release(this.#account);
      await this.#tail;
      unwatch();
      this.#source.off("readable", changed).off("end", changed);
    }
    this.#stopping.signal.throwIfAborted();
    this.output.push(this.totals.summary(engine()));
  }

  endWith(problem: Problem): void {
    const { lines, failed } = this.totals;
    this.output.push(`${JSON.stringify({ done: false, lines, failed, ...problemMembers(problem) })}\n`);
  }

  /** Nothing more is read; the lines at work are finished. Where all is read, the stream just goes on to its end. */
  stop(reason: unknown): void {
    if (!this.#allRead) this.#fail(reason);
  }

  /** Nobody waits for an answer any more: nothing is finished, and all memory is given back. */
  abandon(reason: unknown): void {
    this.#fail(reason);
    this.#jobs.cancel(reason);
  }

  #fail(reason: unknown): void {
    this.#stopping.abort(reason);
    this.#changed();
  }

  #look() {
    // Replies may have been read, so that there is capacity for more.
    this.#changed();
    const working = this.#bundles > 0 || this.#jobs.waiting;
    return {
      working,
      mark: `${this.received} ${this.#unread.bytes}`,
      full: !working && !this.#hasCapacity(),
      lineSince: this.#lineSince,
    };
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Resolves when the condition holds, which is looked at whenever something changed. Rejects once stopped. */
  async #until(holds: () => boolean): Promise<void> {
    for (;;) {
      this.#stopping.signal.throwIfAborted();
      if (holds()) return;
      await this.#wake.promise;
    }
  }

  async #readAll(): Promise<void> {
    let more = true;
    for (;;) {
      if (!this.#hasCapacity()) {
        // The stream itself keeps the line waiting here: its sender is not late.
        this.#lineSince = undefined;
        await this.#until(() => this.#hasCapacity());
      }
      const lines = this.#reader.take(this.#jobs.opened ? undefined : 1);
      if (lines) this.#lineSince = undefined;
      if (!lines && !more) return;
      if (!lines) more = await this.#readMore();
      else if ("tooLong" in lines) this.#refuse(lines.tooLong, this.#tooLong());
      else await this.#dispatch(lines);
    }
  }

  #hasCapacity(): boolean {
    // Bytes of lines at work count like unread replies: they become some.
    return this.#bundles < this.#settings.bundlesMax && this.#unread.hasCapacity(this.#bytesAtWork);
  }

  /** False at the end. */
  async #readMore(): Promise<boolean> {
    if (this.#reader.partialBytes > this.#settings.lineBytesMax) this.#skipPartial(this.#tooLong());
    if (this.#reader.partialBytes > bundleMax.bytes && !this.#account) await this.#reserveLine();
    if (this.#reader.partialBytes > 0) this.#lineSince ??= performance.now();
    let chunk: Buffer | null = null;
    await this.#until(() => {
      chunk = this.#source.read() as Buffer | null;
      return chunk !== null || this.#source.readableEnded;
    });
    if (chunk !== null) this.#take(chunk);
    else this.#reader.finish();
    return chunk !== null;
  }

  /** A large line reserves the most that it may become, before more of it is read: its length is not known. */
  async #reserveLine(): Promise<void> {
    this.#lineSince = undefined;
    this.#account = await this.#reserve(this.#settings.lineBytesMax);
    if (this.#account) return;
    this.#skipPartial(
      new Problem("deadline_exceeded", "there was no room in memory for the line within REQUEST_TIMEOUT_MS"),
    );
  }

  #skipPartial(problem: Problem): void {
    this.#jobs.release(this.#account);
    this.#account = undefined;
    this.#refuse(this.#reader.skipPartial(), problem);
  }

  #take(chunk: Buffer): void {
    const { lineBytesMax } = this.#settings;
    this.received += chunk.length;
    this.#reader.push(chunk);
    if (this.#reader.skippedBytes > skipFactor * lineBytesMax) {
      const detail = `a line has more bytes than ${skipFactor} times BODY_BYTES_MAX = ${lineBytesMax}`;
      throw new Problem("body_too_large", detail);
    }
  }

  #tooLong(): Problem {
    const { lineBytesMax } = this.#settings;
    return new Problem("body_too_large", `the line has more bytes than BODY_BYTES_MAX = ${lineBytesMax} allows`);
  }

  async #dispatch(bundle: Bundle): Promise<void> {
    const account = this.#account ?? (await this.#reserve(bundle.text.length));
    this.#account = undefined;
    // The opening line is for all others: a fault of it ends the stream.
    if (!this.#jobs.opened) return this.#open(bundle, account);
    this.#enqueue(bundle.text.length, this.#jobs.answer(bundle, account));
  }

  /** Counts the opening line as work, so that a stream that waits for it is not taken for a silent one. */
  #open(bundle: Bundle, account: Account | undefined): Promise<void> {
    this.#bundles++;
    return this.#jobs.open(bundle, account).finally(() => this.#bundles--);
  }

  /** Undefined: memory was short for as long as a line may take. Rejects once stopped. */
  async #reserve(bytes: number): Promise<Account | undefined> {
    const account = await this.#jobs.reserve(bytes, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) return account;
    this.#jobs.release(account);
    throw this.#stopping.signal.reason;
  }

  #refuse(line: number, problem: Problem): void {
    if (!this.#jobs.opened) throw problem;
    this.#enqueue(0, Promise.resolve([{ bytes: problemLine(problem, line) }]));
  }

  /** Hands answers on once those before them are. */
  #enqueue(bytes: number, answers: Promise<readonly LinesReply[]>): void {
    this.#bundles++;
    this.#bytesAtWork += bytes;
    const before = this.#tail;
    const emit = async () => {
      await before;
      for (const reply of await answers) this.#emit(reply);
    };
    answers.catch((error) => this.#fail(error));
    const done = () => {
      this.#bundles--;
      this.#bytesAtWork -= bytes;
      this.#changed();
    };
    this.#tail = emit().then(done, done);
  }

  #emit({ bytes, answer }: LinesReply): void {
    if (answer) {
      this.totals.add(answer);
      for (const stage of ["parse", "compute", "print"] as const) this.timings[stage] += answer.timings[stage];
    } else this.totals.addFailure();
    if (this.#settings.summaryOnly) return;
    for (let at = 0; at < bytes.length; at += pieceBytes) this.output.push(bytes.subarray(at, at + pieceBytes));
  }
}
