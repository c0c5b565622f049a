import { Problem } from "../problems.ts";
import { Crew, type CrewOptions } from "./crew.ts";
import type { Answered, Reservation, Ticket, Work } from "./reservation.ts";
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

const attemptsMax = 2;
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

  /** Counts at this moment; `restarts` counts the workers replaced since the start. All but it go back to 0. */
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
    const timer = startTimer(this.#drained.resolve, timeoutMs);
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
      timer: startTimer(() => this.#expire(work), deadlineMs - queuedAt),
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
    while (this.#idle.length > 0 && this.#queue.length > 0) this.#assign(this.#idle.pop()!, this.#queue.shift()!);
  }

  #assign(thread: Thread<Job, Result>, work: Work<Job, Result>): void {
    try {
      thread.post(work.job);
    } catch (error) {
      this.#idle.push(thread);
      this.#release(work.ticket, error);
      return;
    }
    work.thread = thread;
    work.startedAt = performance.now();
    work.attempts++;
    this.#running.set(thread, work);
  }

  #detach(thread: Thread<Job, Result>): Work<Job, Result> | undefined {
    const work = this.#running.get(thread);
    if (work === undefined) return undefined;
    this.#running.delete(thread);
    work.thread = undefined;
    this.#taskMsMean += (performance.now() - work.startedAt - this.#taskMsMean) * newestWeight;
    return work;
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
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    const work = this.#detach(thread);
    if (work === undefined) return;
    if (cause === "deadline") {
      this.#release(work.ticket, new Problem("deadline_exceeded", "The deadline passed during the computation"));
    } else if (work.ticket.ended !== undefined || work.attempts >= attemptsMax) {
      this.#release(work.ticket, new Problem("worker_crashed", "The computation ended its worker twice"));
    } else {
      this.#queue.unshift(work);
      this.#dispatch();
    }
  }
}

/** Outside these bounds setTimeout would warn, and fire at once. */
function startTimer(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, Math.min(Math.max(delayMs, 0), 2 ** 31 - 1));
}
