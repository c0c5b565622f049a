import { Problem } from "../problems.ts";
import { Attempts } from "./attempts.ts";
import type { PoolOptions } from "./options.ts";
import { Queue } from "./queue.ts";
import { PoolState } from "./state.ts";
import { TaskTimes, weightOf } from "./task_times.ts";
import { late, newWork, settle, startTimer, type Task, type TaskOptions, type Work } from "./work.ts";
import type { EndCause } from "./worker.ts";

export type { Cut, Overdue, PoolOptions } from "./options.ts";
export type { Answered, Task, TaskOptions } from "./work.ts";

/**
 * A fixed number of worker threads behind one queue. Each has one job in hand, and at most one ahead: it begins that one
 * without waiting for the calling thread to come round.
 */
export class Pool<Job, Result> {
  readonly #options: PoolOptions<Job, Result>;
  readonly #attempts: Attempts<Job, Result>;
  readonly #state: PoolState;
  readonly #queue: Queue<Job, Result>;
  readonly #works = new Set<Work<Job, Result>>();
  readonly #taskTimes = new TaskTimes();
  #closing: Promise<number> | undefined;
  #emptied: (() => void) | undefined;
  #spaced = Promise.withResolvers<void>();

  private constructor(options: PoolOptions<Job, Result>) {
    this.#options = options;
    const state = options.state ?? new PoolState(options);
    this.#state = state;
    this.#queue = new Queue((tasks) => state.noteDemoted(tasks));
    this.#attempts = new Attempts(options, {
      isQueueEmpty: () => this.#queue.length === 0,
      onIdle: () => this.#dispatch(),
      onWorkersChanged: () => {
        const { usable, restarts } = this.#attempts.workers;
        state.noteWorkers(usable, restarts);
        this.#noteTasks();
      },
      onGivenBack: (work) => this.#giveBack(work),
      onDone: (work, ms) => {
        this.#taskTimes.note(ms, weightOf(work.bytes));
        state.noteMeanMs(this.#taskTimes.meanMs);
        this.#end(work);
      },
    });
  }

  /** Resolves when every worker has given the known answer. Rejects, with no worker left behind, if one does not. */
  static async start<Job, Result>(options: PoolOptions<Job, Result>): Promise<Pool<Job, Result>> {
    const pool = new Pool(options);
    try {
      await pool.#attempts.workers.start();
    } catch (error) {
      await pool.close(0);
      throw error;
    }
    return pool;
  }

  /** Whether a task would be answered now: a worker is usable, and the pool is open. */
  get ready(): boolean {
    return this.#state.ready;
  }

  /** Whether `submit` would take nothing: as many tasks wait as may, or the pool closes. */
  get full(): boolean {
    return this.#state.full;
  }

  /** Counts at this moment; `restarts` alone counts since the start. */
  get stats() {
    return this.#state.stats;
  }

  /** How many workers were replaced since the start, by why they ended. */
  get restartsBy(): Readonly<Partial<Record<EndCause, number>>> {
    return this.#state.restartsBy;
  }

  /** How long the tasks that wait should take, as recent tasks went. */
  get queuedMs(): number {
    const usable = Math.max(1, this.#attempts.workers.usable);
    return this.#taskTimes.estimateMs(this.#queue.weight) / usable;
  }

  /** Whole seconds, 1 to 30, after which what is in flight now should be done, as recent tasks went. */
  retryAfterSeconds(): number {
    return this.#state.retryAfterSeconds();
  }

  /** Resolves when a task has ended, and another might be taken. */
  space(): Promise<void> {
    return this.#spaced.promise;
  }

  /**
   * Takes a job, which a worker gets as soon as one is free. Undefined: too many wait, or the pool closes. A task whose
   * deadline cannot be met behind those that wait is refused at once, by its answer.
   */
  submit(job: Job, options: TaskOptions): Task<Result> | undefined {
    if (this.#closing !== undefined) return undefined;
    if (!options.hasPlace && !this.#takePlace()) return undefined;
    const work = newWork<Job, Result>(job, options, this.#options.cut === undefined);
    this.#works.add(work);
    const now = performance.now();
    if (options.deadlineMs <= now) this.#end(work, late("while the request waited"));
    else if (this.#queue.length > 0 && now + this.queuedMs > options.deadlineMs) {
      this.#end(work, late("already: the queue takes longer than the request may"));
    } else {
      work.timer = startTimer(() => this.#expire(work), options.deadlineMs - now);
      this.#queue.push(work);
      this.#dispatch();
    }
    return {
      answer: work.answer.promise,
      cancel: () => this.#cancel(work),
      demote: () => this.#queue.demote(work),
    };
  }

  /**
   * Takes no new task, lets those that exist finish, then ends the workers. Resolves with the number of tasks that were
   * dropped because `timeoutMs` passed first. A second call joins the first.
   */
  close(timeoutMs: number): Promise<number> {
    this.#state.noteClosing();
    this.#closing ??= this.#drain(timeoutMs);
    return this.#closing;
  }

  async #drain(timeoutMs: number): Promise<number> {
    this.#wakeWaiting();
    if (this.#works.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#emptied = resolve;
      const timer = startTimer(resolve, timeoutMs);
      await promise;
      clearTimeout(timer);
    }
    const dropped = [...this.#works].filter((work) => !work.settled).length;
    this.#queue.empty();
    for (const work of [...this.#works]) this.#end(work, new Problem("draining", "The service stopped first"), false);
    await this.#attempts.stop();
    this.#noteTasks();
    return dropped;
  }

  /** Takes a place for a task, where need be that of one whose caller may be gone. False: there is none. */
  #takePlace(): boolean {
    if (this.#state.takePlace()) return true;
    const demoted = this.#queue.findDemoted();
    if (!demoted) return false;
    this.#withdraw(demoted, new Problem("queue_full", "The queue was full, and this client had stopped sending"));
    return this.#state.takePlace();
  }

  #dispatch(): void {
    const { idle } = this.#attempts;
    while (idle > 0 || this.#attempts.takesAhead) {
      const work = this.#queue.first;
      if (!work) break;
      if (this.#isHopeless(work)) this.#withdraw(work, late("while the request waited"));
      else if (this.#attempts.idle > 0) this.#assign(this.#queue.take()!);
      else if (work.bytes > this.#options.aheadBytesMax || !this.#attempts.takesAhead) break;
      else this.#guard(work, () => this.#attempts.sendAhead(this.#queue.take()!));
    }
    if (this.#queue.length === 0) this.#attempts.shareOut();
    this.#noteTasks();
  }

  /** Whether a task would be late while others wait: running it would only take their time. */
  #isHopeless({ bytes, deadlineMs }: Work<Job, Result>): boolean {
    return this.#queue.length > 1 && performance.now() + this.#taskTimes.estimateMs(weightOf(bytes)) > deadlineMs;
  }

  #assign(work: Work<Job, Result>): void {
    // Each task that waits gets a worker before one task gets two.
    const spare = this.#attempts.idle - this.#queue.length;
    const parts = work.whole || spare < 2 ? undefined : this.#options.cut?.split(work.job, spare);
    this.#guard(work, () => this.#attempts.begin(work, parts ?? [work.job]));
  }

  /** A job that cannot be sent to a worker fails alone. */
  #guard(work: Work<Job, Result>, send: () => void): void {
    try {
      send();
    } catch (error) {
      if (work.attempt === undefined) this.#end(work, error);
      else settle(work, undefined, error);
    }
  }

  #giveBack(work: Work<Job, Result>): void {
    if (work.settled) this.#end(work);
    else {
      this.#queue.putFirst(work);
      this.#dispatch();
    }
  }

  #cancel(work: Work<Job, Result>): void {
    if (!this.#works.has(work)) return;
    const reason = new DOMException("The task was cancelled", "AbortError");
    // Its worker is still busy, and its body in memory: the task counts until both are free.
    if (!this.#isFree(work)) settle(work, undefined, reason);
    else this.#withdraw(work, reason);
  }

  #expire(work: Work<Job, Result>): void {
    if (this.#isFree(work)) this.#withdraw(work, late("while the request waited"));
    else {
      settle(work, undefined, late("during the computation"));
      this.#attempts.giveGrace(work);
    }
  }

  /** Whether no worker has begun the task; one that was sent ahead is taken back. */
  #isFree(work: Work<Job, Result>): boolean {
    return work.attempt === undefined && (work.ahead === undefined || this.#attempts.takeBack(work));
  }

  /** Ends a task that no worker has. */
  #withdraw(work: Work<Job, Result>, reason: unknown): void {
    this.#queue.remove(work);
    this.#end(work, reason);
  }

  #end(work: Work<Job, Result>, reason?: unknown, reusable = !work.lost): void {
    settle(work, undefined, reason);
    clearTimeout(work.timer);
    if (!this.#works.delete(work)) return;
    this.#state.freePlace();
    this.#noteTasks();
    work.onEnd?.(reusable);
    this.#wakeWaiting();
    if (this.#works.size === 0) this.#emptied?.();
  }

  #noteTasks(): void {
    const { ahead, running } = this.#attempts;
    this.#state.noteTasks({ queued: this.#queue.length + ahead, running, queuedMs: this.queuedMs });
  }

  #wakeWaiting(): void {
    this.#spaced.resolve();
    this.#spaced = Promise.withResolvers();
  }
}
