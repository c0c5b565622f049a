import { Problem } from "../problems.ts";
import { Crew, type CrewOptions } from "./crew.ts";
import type { Answered, Reservation } from "./reservation.ts";
import type { EndCause, Thread } from "./thread.ts";

export type { Answered, Reservation } from "./reservation.ts";

export interface PoolOptions<Job, Result> extends CrewOptions<Job, Result> {
  /** Tasks that may wait beside those that the workers run. */
  readonly queueLengthMax: number;
  /** Bytes of bodies in flight: reserved, queued and running together. */
  readonly queueBytesMax: number;
  /** A worker that holds more than this after a task is replaced as soon as no task waits for it. */
  readonly workerMemoryBytesMax: number;
}

/** The pool's side of a reservation. `ended` is why its task can no longer succeed. */
interface Ticket<Job, Result> {
  bytes: number;
  work?: Work<Job, Result>;
  ended?: unknown;
}

interface Work<Job, Result> {
  readonly ticket: Ticket<Job, Result>;
  readonly job: Job;
  readonly answer: PromiseWithResolvers<Answered<Result>>;
  readonly queuedAt: number;
  readonly timer: NodeJS.Timeout;
  startedAt: number;
  attempts: number;
  /** The worker that has it now. */
  thread: Thread<Job, Result> | undefined;
}

const attemptsMax = 2;
/** A longer delay would make setTimeout fire at once. */
const timerMsMax = 2 ** 31 - 1;
/** How much the newest task weighs in the mean of what a task takes. */
const newestWeight = 0.2;
const retryAfterSecondsMax = 30;

/** A fixed number of worker threads behind one first-in-first-out queue, each with one task at a time. */
export class Pool<Job, Result> {
  readonly #options: PoolOptions<Job, Result>;
  readonly #crew: Crew<Job, Result>;
  readonly #tickets = new Set<Ticket<Job, Result>>();
  readonly #queue: Work<Job, Result>[] = [];
  readonly #running = new Map<Thread<Job, Result>, Work<Job, Result>>();
  readonly #idle: Thread<Job, Result>[] = [];
  readonly #drained = Promise.withResolvers<void>();
  #closing: Promise<number> | undefined;
  #bytesInFlight = 0;
  #taskMsMean = 0;

  private constructor(options: PoolOptions<Job, Result>) {
    this.#options = options;
    this.#crew = new Crew(options, {
      onUsable: (thread) => this.#offer(thread),
      onAnswer: (thread, result, memoryBytes) => this.#finish(thread, result, memoryBytes),
      onEnd: (thread, cause) => this.#lose(thread, cause),
    });
  }

  /** Resolves when every worker has given the known answer. Rejects, with no worker left behind, if one does not. */
  static async start<Job, Result>(options: PoolOptions<Job, Result>): Promise<Pool<Job, Result>> {
    const pool = new Pool(options);
    try {
      await pool.#crew.start();
    } catch (error) {
      await pool.close(0);
      throw error;
    }
    return pool;
  }

  /** Whether a task would be answered now: a worker is usable, the pool is open, and its workers do not die in a row. */
  get ready(): boolean {
    return this.#closing === undefined && this.#crew.healthy;
  }

  get stats() {
    return {
      queued: this.#queue.length,
      running: this.#running.size,
      inFlight: this.#tickets.size,
      bytesInFlight: this.#bytesInFlight,
      restarts: this.#crew.restarts,
    };
  }

  /** Whole seconds, 1 to 30, after which what is in flight now should be done, as recent tasks went. */
  retryAfterSeconds(): number {
    const seconds = Math.ceil((this.#tickets.size * this.#taskMsMean) / this.#options.size / 1000);
    return Math.min(Math.max(seconds, 1), retryAfterSecondsMax);
  }

  /** Takes a place for a body of so many bytes. Undefined: full by count or by bytes, or closing. */
  reserve(bytes: number): Reservation<Job, Result> | undefined {
    const { size, queueLengthMax, queueBytesMax } = this.#options;
    if (this.#closing !== undefined || this.#tickets.size >= size + queueLengthMax) return undefined;
    if (this.#bytesInFlight + bytes > queueBytesMax) return undefined;
    const ticket: Ticket<Job, Result> = { bytes };
    this.#tickets.add(ticket);
    this.#bytesInFlight += bytes;
    return {
      resize: (bytes) => this.#resize(ticket, bytes),
      run: (job, deadlineMs) => this.#run(ticket, job, deadlineMs),
      cancel: () => this.#cancel(ticket),
    };
  }

  /**
   * Takes no new reservation, lets those that exist finish, then ends the workers. Resolves with the number of
   * reservations that were dropped, run or not, because `timeoutMs` passed first. A second call joins the first.
   */
  close(timeoutMs: number): Promise<number> {
    this.#closing ??= this.#drain(timeoutMs);
    return this.#closing;
  }

  async #drain(timeoutMs: number): Promise<number> {
    const timer = setTimeout(this.#drained.resolve, Math.min(timeoutMs, timerMsMax));
    if (this.#tickets.size === 0) this.#drained.resolve();
    await this.#drained.promise;
    clearTimeout(timer);
    const dropped = [...this.#tickets].filter((ticket) => ticket.ended === undefined);
    for (const ticket of this.#tickets) this.#release(ticket, new Problem("draining", "The service stopped first"));
    this.#queue.length = 0;
    this.#running.clear();
    await this.#crew.stop();
    return dropped.length;
  }

  #resize(ticket: Ticket<Job, Result>, bytes: number): boolean {
    const bytesInFlight = this.#bytesInFlight - ticket.bytes + bytes;
    if (!this.#tickets.has(ticket) || bytesInFlight > this.#options.queueBytesMax) return false;
    this.#bytesInFlight = bytesInFlight;
    ticket.bytes = bytes;
    return true;
  }

  #run(ticket: Ticket<Job, Result>, job: Job, deadlineMs: number): Promise<Answered<Result>> {
    const answer = Promise.withResolvers<Answered<Result>>();
    // Whoever reserved may be gone by the time that this rejects, and an unhandled rejection would end the process.
    answer.promise.catch(() => undefined);
    if (ticket.ended !== undefined || ticket.work !== undefined) {
      answer.reject(ticket.ended ?? new Error("a reservation runs one job"));
      return answer.promise;
    }
    const queuedAt = performance.now();
    const work: Work<Job, Result> = {
      ticket,
      job,
      answer,
      queuedAt,
      timer: setTimeout(() => this.#expire(work), Math.min(deadlineMs - queuedAt, timerMsMax)),
      startedAt: queuedAt,
      attempts: 0,
      thread: undefined,
    };
    ticket.work = work;
    this.#queue.push(work);
    if (deadlineMs <= queuedAt) this.#expire(work);
    else this.#dispatch();
    return answer.promise;
  }

  #cancel(ticket: Ticket<Job, Result>): void {
    if (!this.#tickets.has(ticket)) return;
    const reason = new DOMException("The reservation was cancelled", "AbortError");
    if (ticket.work?.thread === undefined) {
      this.#withdraw(ticket, reason);
      return;
    }
    // The worker is still busy and the body still in memory, so the place stays taken until the task ends.
    ticket.ended = reason;
    ticket.work.answer.reject(reason);
  }

  #expire(work: Work<Job, Result>): void {
    if (work.thread !== undefined) work.thread.end("deadline");
    else this.#withdraw(work.ticket, new Problem("deadline_exceeded", "The deadline passed while the request waited"));
  }

  /** Ends a ticket whose work no worker has. */
  #withdraw(ticket: Ticket<Job, Result>, reason: unknown): void {
    if (ticket.work !== undefined) this.#queue.splice(this.#queue.indexOf(ticket.work), 1);
    this.#release(ticket, reason);
  }

  #release(ticket: Ticket<Job, Result>, reason?: unknown): void {
    this.#tickets.delete(ticket);
    this.#bytesInFlight -= ticket.bytes;
    clearTimeout(ticket.work?.timer);
    if (reason !== undefined) {
      ticket.ended ??= reason;
      ticket.work?.answer.reject(reason);
    }
    if (this.#tickets.size === 0 && this.#closing !== undefined) this.#drained.resolve();
  }

  #offer(thread: Thread<Job, Result>): void {
    this.#idle.push(thread);
    this.#dispatch();
  }

  #dispatch(): void {
    for (;;) {
      const thread = this.#idle.at(-1);
      const work = thread && this.#queue.shift();
      if (work === undefined) return;
      this.#assign(thread, work);
    }
  }

  #finish(thread: Thread<Job, Result>, result: Result, memoryBytes: number): void {
    const work = this.#detach(thread);
    if (work !== undefined) {
      work.answer.resolve({ result, queueMs: work.startedAt - work.queuedAt });
      this.#release(work.ticket);
    }
    if (memoryBytes > this.#options.workerMemoryBytesMax && this.#queue.length === 0) thread.end("memory");
    else this.#offer(thread);
  }

  #lose(thread: Thread<Job, Result>, cause: EndCause): void {
  }
}
