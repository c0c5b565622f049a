import { Problem } from "../problems.ts";
import type { PoolOptions } from "./options.ts";
import { type Attempt, settle, startTimer, type Work } from "./work.ts";
import type { EndCause, PoolWorker } from "./worker.ts";
import { Workers } from "./workers.ts";

const crashesMax = 2;

/** What the pool does about tasks that workers had. */
export interface AttemptEvents<Job, Result> {
  isQueueEmpty(): boolean;
  /** A worker has nothing in hand, or nothing ahead. */
  onIdle(): void;
  /** Another number of workers may be usable. */
  onWorkersChanged(): void;
  /** A task has to be run once more, or for the first time: its worker ended. */
  onGivenBack(work: Work<Job, Result>): void;
  /** No worker has the task any more, after this time; its caller has its answer. */
  onDone(work: Work<Job, Result>, ms: number): void;
}

/** Which worker has what: tasks in hand, in parts or whole, and tasks that were sent ahead. */
export class Attempts<Job, Result> {
  readonly workers: Workers<Job, Result>;
  readonly #options: PoolOptions<Job, Result>;
  readonly #events: AttemptEvents<Job, Result>;
  readonly #idle: PoolWorker<Job, Result>[] = [];
  readonly #inHand = new Map<PoolWorker<Job, Result>, Attempt<Job, Result>>();
  readonly #ahead = new Map<PoolWorker<Job, Result>, Work<Job, Result>>();

  constructor(options: PoolOptions<Job, Result>, events: AttemptEvents<Job, Result>) {
    this.#options = options;
    this.#events = events;
    this.workers = new Workers(options, {
      onUsable: (worker) => {
        this.#offer(worker);
        events.onWorkersChanged();
      },
      onAnswer: (worker, result, memoryBytes) => this.#finish(worker, result, memoryBytes),
      onEnd: (worker, cause) => {
        this.#lose(worker, cause);
        events.onWorkersChanged();
      },
    });
  }

  get idle(): number {
    return this.#idle.length;
  }

  get running(): number {
    return this.#inHand.size;
  }

  /** Tasks that were sent ahead. */
  get ahead(): number {
    return this.#ahead.size;
  }

  /** Whether some worker may be sent a task ahead: none is while another is idle, and none that has a part in hand. */
  get takesAhead(): boolean {
    return this.#idle.length === 0 && this.#findForAhead() !== undefined;
  }

  /** Gives the task to idle workers, a job each. Throws a DataCloneError; workers that have a part by then answer it. */
  begin(work: Work<Job, Result>, jobs: readonly Job[]): void {
    const workers = this.#idle.splice(-jobs.length);
    const attempt: Attempt<Job, Result> = {
      work,
      jobs,
      startedAt: performance.now(),
      workers: new Map(),
      results: [],
      failed: false,
    };
    try {
      for (const worker of workers) {
        worker.post(jobs[attempt.workers.size]!);
        attempt.workers.set(worker, attempt.workers.size);
        this.#inHand.set(worker, attempt);
      }
    } catch (error) {
      this.#idle.push(...workers.slice(attempt.workers.size));
      if (attempt.workers.size > 0) work.attempt = attempt;
      this.#fail(attempt);
      throw error;
    }
    work.attempt = attempt;
  }

  /** Sends the task to a worker that `takesAhead`. Throws a DataCloneError. */
  sendAhead(work: Work<Job, Result>): void {
    const worker = this.#findForAhead()!;
    worker.postAhead(work.job);
    work.ahead = worker;
    this.#ahead.set(worker, work);
  }

  /** Takes back a task that was sent ahead. False: its worker has begun it. */
  takeBack(work: Work<Job, Result>): boolean {
    const worker = work.ahead;
    if (!worker?.takeBack()) return false;
    this.#ahead.delete(worker);
    work.ahead = undefined;
    return true;
  }

  /** Gives idle workers the tasks that were sent ahead to others, where those have not begun them. */
  shareOut(): void {
    for (const work of this.#ahead.values()) {
      if (this.#idle.length === 0) return;
      if (this.takeBack(work)) this.begin(work, [work.job]);
    }
  }

  /** The deadline has passed: workers that have not finished the task within the grace are ended. */
  giveGrace(work: Work<Job, Result>): void {
    const { attempt } = work;
    if (attempt && attempt.jobs.length > 1) this.#options.cut?.abandon(attempt.jobs);
    work.timer = startTimer(() => this.#endOverdue(work), this.#options.graceMs);
  }

  async stop(): Promise<void> {
    for (const { work } of this.#inHand.values()) clearTimeout(work.timer);
    this.#inHand.clear();
    this.#ahead.clear();
    await this.workers.stop();
  }

  #endOverdue(work: Work<Job, Result>): void {
    const { attempt } = work;
    const missing = attempt
      ? [...attempt.workers].map(([worker, part]) => ({ part, threadId: worker.threadId }))
      : [{ part: 0, threadId: work.ahead?.threadId }];
    const progress = attempt && attempt.jobs.length > 1 ? this.#options.cut?.progress?.(attempt.jobs) : undefined;
    const ranMs = performance.now() - (attempt?.startedAt ?? work.queuedAt);
    this.#options.onOverdue?.({ parts: attempt?.jobs.length ?? 1, missing, ranMs, ...(progress && { progress }) });
    const workers = attempt ? [...attempt.workers.keys()] : [work.ahead!];
    for (const worker of workers) worker.end("deadline");
  }

  #findForAhead(): PoolWorker<Job, Result> | undefined {
    for (const [worker, { jobs }] of this.#inHand) if (jobs.length === 1 && !this.#ahead.has(worker)) return worker;
    return undefined;
  }

  #offer(worker: PoolWorker<Job, Result>): void {
    this.#idle.push(worker);
    this.#events.onIdle();
  }

  /** Notes that a part has no result, and lets the others know. */
  #fail(attempt: Attempt<Job, Result>): void {
    attempt.failed = true;
    if (attempt.jobs.length > 1) this.#options.cut?.abandon(attempt.jobs);
  }

  #finish(worker: PoolWorker<Job, Result>, result: Result, memoryBytes: number): void {
    const attempt = this.#inHand.get(worker);
    const next = this.#ahead.get(worker);
    this.#inHand.delete(worker);
    if (next) this.#promote(worker, next);
    if (attempt) {
      attempt.results[attempt.workers.get(worker)!] = result;
      this.#leave(attempt, worker);
    }
    if (next) this.#events.onIdle();
    else if (memoryBytes > this.#options.workerMemoryBytesMax && this.#events.isQueueEmpty()) worker.end("memory");
    else this.#offer(worker);
  }

  /** What was sent ahead is in hand now. */
  #promote(worker: PoolWorker<Job, Result>, work: Work<Job, Result>): void {
    this.#ahead.delete(worker);
    work.ahead = undefined;
    const jobs = [work.job];
    const workers = new Map([[worker, 0]]);
    const attempt = { work, jobs, startedAt: performance.now(), workers, results: [], failed: false };
    work.attempt = attempt;
    this.#inHand.set(worker, attempt);
  }

  #lose(worker: PoolWorker<Job, Result>, cause: EndCause): void {
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#returnAhead(worker);
    const attempt = this.#inHand.get(worker);
    if (attempt === undefined) return;
    const { work } = attempt;
    work.lost = true;
    if (cause === "out_of_memory") {
      settle(work, undefined, new Problem("worker_crashed", "The computation took more memory than a worker has"));
    } else if (cause !== "deadline" && !attempt.failed) work.crashes++;
    this.#fail(attempt);
    this.#inHand.delete(worker);
    this.#leave(attempt, worker);
  }

  /** A task that was sent ahead to a worker that ended waits again like a new one, unless the worker had begun it. */
  #returnAhead(worker: PoolWorker<Job, Result>): void {
    const work = this.#ahead.get(worker);
    if (!work) return;
    if (!this.takeBack(work)) {
      this.#ahead.delete(worker);
      work.ahead = undefined;
      work.lost = true;
    }
    this.#events.onGivenBack(work);
  }

  /** A worker is done with an attempt; with the last one the attempt ends. */
  #leave(attempt: Attempt<Job, Result>, worker: PoolWorker<Job, Result>): void {
    const { work, jobs, results, startedAt, workers, failed } = attempt;
    workers.delete(worker);
    if (workers.size > 0) return;
    work.attempt = undefined;
    const ms = performance.now() - startedAt;
    const result = failed ? undefined : jobs.length === 1 ? results[0] : this.#options.cut?.join(results);
    if (result !== undefined) settle(work, { result, queueMs: startedAt - work.queuedAt });
    else if (work.crashes >= crashesMax) {
      settle(work, undefined, new Problem("worker_crashed", "The computation ended its worker twice"));
    }
    if (work.settled) this.#events.onDone(work, ms);
    else {
      work.whole = true;
      this.#events.onGivenBack(work);
    }
  }
}
