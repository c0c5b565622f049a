import { Problem } from "../problems.ts";
import { Crew } from "./crew.ts";
import type { PoolOptions } from "./options.ts";
import { Places, startTimer } from "./places.ts";
import { type Answered, type Attempt, late, type Reservation, type Ticket, type Work } from "./reservation.ts";
import { TaskTimes } from "./task_times.ts";
import type { EndCause, Thread } from "./thread.ts";

export type { Cut, PoolOptions } from "./options.ts";
export type { Answered, Reservation } from "./reservation.ts";

const crashesMax = 2;

/** A fixed number of worker threads behind one first-in-first-out queue, each with one job at a time. */
export class Pool<Job, Result> {
  readonly #options: PoolOptions<Job, Result>;
  readonly #crew: Crew<Job, Result>;
  readonly #places: Places<Job, Result>;
  readonly #queue: Work<Job, Result>[] = [];
  readonly #running = new Map<Thread<Job, Result>, Attempt<Job, Result>>();
  readonly #idle: Thread<Job, Result>[] = [];
  #closing: Promise<number> | undefined;
  readonly #taskTimes = new TaskTimes();

  private constructor(options: PoolOptions<Job, Result>) {
    this.#options = options;
    this.#places = new Places(options.size + options.queueLengthMax, options.queueBytesMax);
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

  /** Counts at this moment; `restarts` counts the workers replaced since the start. All but it go back to 0. */
  get stats() {
    return {
      queued: this.#queue.length,
      running: this.#running.size,
      inFlight: this.#places.tickets.size,
      bytesInFlight: this.#places.bytes,
      restarts: this.#crew.restarts,
    };
  }

  /** Whole seconds, 1 to 30, after which what is in flight now should be done, as recent tasks went. */
  retryAfterSeconds(): number {
    return this.#taskTimes.retryAfterSeconds(this.#places.tickets.size, this.#options.size);
  }

  /** Takes a place for a body of so many bytes. Undefined: full by count or by bytes, or closing. */
  reserve(bytes: number): Reservation<Job, Result> | undefined {
    const ticket = this.#places.take(bytes);
    return (
      ticket && {
        resize: (bytes) => this.#places.resize(ticket, bytes),
        run: (job, deadlineMs, onUnused) => this.#run(ticket, job, deadlineMs, onUnused),
        cancel: () => this.#cancel(ticket),
      }
    );
  }

  /** Counts bytes that are there already until the function it returns is called. */
  hold(bytes: number): () => void {
    return this.#places.hold(bytes);
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
    await this.#places.close(timeoutMs);
    const left = [...this.#places.tickets];
    const dropped = left.filter((ticket) => ticket.ended === undefined);
    for (const ticket of left) this.#release(ticket, new Problem("draining", "The service stopped first"));
    this.#queue.length = 0;
    this.#running.clear();
    await this.#crew.stop();
    return dropped.length;
  }

  #run(ticket: Ticket<Job, Result>, job: Job, deadlineMs: number, onUnused?: () => void): Promise<Answered<Result>> {
    const answer = Promise.withResolvers<Answered<Result>>();
    // Whoever reserved may be gone by the time that this rejects, and an unhandled rejection would end the process.
    answer.promise.catch(() => undefined);
    const queuedAt = performance.now();
    const unused = ticket.ended === undefined && !ticket.used;
    if (unused && deadlineMs <= queuedAt) this.#release(ticket, late());
    if (ticket.ended !== undefined || ticket.used) {
      answer.reject(ticket.ended ?? new Error("a reservation runs one job"));
      return answer.promise;
    }
    ticket.used = true;
    const result = this.#options.inPlace?.(job);
    if (result !== undefined) {
      answer.resolve({ result, queueMs: 0 });
      this.#release(ticket);
      return answer.promise;
    }
    const timer = startTimer(() => this.#expire(work), deadlineMs - queuedAt);
    const whole = this.#options.cut === undefined;
    const fresh = { crashes: 0, whole, lost: false, attempt: undefined };
    const work: Work<Job, Result> = { ticket, job, answer, queuedAt, timer, onUnused, ...fresh };
    ticket.work = work;
    this.#queue.push(work);
    this.#dispatch();
    return answer.promise;
  }

  #cancel(ticket: Ticket<Job, Result>): void {
    if (!this.#places.tickets.has(ticket)) return;
    const reason = new DOMException("The reservation was cancelled", "AbortError");
    if (ticket.work?.attempt === undefined) {
      this.#withdraw(ticket, reason);
      return;
    }
    // The worker is still busy and the body still in memory, so the place stays taken until the task ends.
    ticket.ended = reason;
    ticket.work.answer.reject(reason);
  }

  #expire({ ticket, attempt }: Work<Job, Result>): void {
    if (attempt === undefined) this.#withdraw(ticket, late());
    else for (const thread of [...attempt.threads.keys()]) thread.end("deadline");
  }

  /** Ends a ticket whose work no worker has. */
  #withdraw(ticket: Ticket<Job, Result>, reason: unknown): void {
    if (ticket.work !== undefined) this.#queue.splice(this.#queue.indexOf(ticket.work), 1);
    if (!ticket.work?.lost) ticket.work?.onUnused?.();
    this.#release(ticket, reason);
  }

  #release(ticket: Ticket<Job, Result>, reason?: unknown): void {
    clearTimeout(ticket.work?.timer);
    if (reason !== undefined) {
      ticket.ended ??= reason;
      ticket.work?.answer.reject(reason);
    }
    this.#places.free(ticket);
  }

  #offer(thread: Thread<Job, Result>): void {
    this.#idle.push(thread);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const work = this.#queue.shift()!;
      // Each task that waits gets a worker before one task gets two.
      const spare = this.#idle.length - this.#queue.length;
      const parts = work.whole || spare < 2 ? undefined : this.#options.cut?.split(work.job, spare);
      this.#assign(work, parts ?? [work.job]);
    }
  }

  #assign(work: Work<Job, Result>, jobs: readonly Job[]): void {
    const threads = this.#idle.splice(-jobs.length);
    const startedAt = performance.now();
    const attempt: Attempt<Job, Result> = { work, jobs, startedAt, threads: new Map(), results: [], failed: false };
    work.attempt = attempt;
    try {
      for (const thread of threads) {
        thread.post(jobs[attempt.threads.size]!);
        attempt.threads.set(thread, attempt.threads.size);
        this.#running.set(thread, attempt);
      }
    } catch (error) {
      this.#idle.push(...threads.slice(attempt.threads.size));
      this.#fail(attempt);
      this.#release(work.ticket, error);
    }
  }

  /** Notes that a part has no result, and lets the others know. */
  #fail(attempt: Attempt<Job, Result>): void {
    attempt.failed = true;
    if (attempt.jobs.length > 1) this.#options.cut?.abandon(attempt.jobs);
  }

  #finish(thread: Thread<Job, Result>, result: Result, memoryBytes: number): void {
    const attempt = this.#running.get(thread);
    if (attempt !== undefined) {
      attempt.results[attempt.threads.get(thread)!] = result;
      this.#leave(attempt, thread);
    }
    if (memoryBytes > this.#options.workerMemoryBytesMax && this.#queue.length === 0) thread.end("memory");
    else this.#offer(thread);
  }

  #lose(thread: Thread<Job, Result>, cause: EndCause): void {
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    const attempt = this.#running.get(thread);
    if (attempt === undefined) return;
    attempt.work.lost = true;
    const { ticket } = attempt.work;
    if (cause === "deadline") {
      this.#release(ticket, new Problem("deadline_exceeded", "The deadline passed during the computation"));
    } else if (!attempt.failed) attempt.work.crashes++;
    this.#fail(attempt);
    this.#leave(attempt, thread);
  }

  /** A worker is done with an attempt; with the last one the attempt ends. */
  #leave(attempt: Attempt<Job, Result>, thread: Thread<Job, Result>): void {
    const { work, jobs, results, startedAt, threads, failed } = attempt;
    this.#running.delete(thread);
    threads.delete(thread);
    if (threads.size > 0) return;
    work.attempt = undefined;
    this.#taskTimes.note(performance.now() - startedAt);
    const result = failed ? undefined : jobs.length === 1 ? results[0] : this.#options.cut?.join(results);
    if (result !== undefined || work.ticket.ended !== undefined) {
      if (result !== undefined) work.answer.resolve({ result, queueMs: startedAt - work.queuedAt });
      if (!work.lost) work.onUnused?.();
      this.#release(work.ticket);
    } else if (work.crashes >= crashesMax) {
      this.#release(work.ticket, new Problem("worker_crashed", "The computation ended its worker twice"));
    } else {
      work.whole = true;
      this.#queue.unshift(work);
      this.#dispatch();
    }
  }
}
