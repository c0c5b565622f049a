import { type EndCause, PoolWorker, type WorkerEvents, type WorkerOptions } from "./worker.ts";

export interface WorkersOptions<Job, Result> extends WorkerOptions<Job, Result> {
  /** The number of workers, at least 1. It is fixed. */
  readonly size: number;
  /** Told once for each worker that ended, with what it died of where that is known. */
  onWorkerReplaced?(cause: EndCause, error?: unknown): void;
  /** Told when workers die one after the other before they are usable: waiting longer will not help. */
  onCrashLoop?(error: unknown): void;
}

/** This many workers that die before they are usable, within this time, are a crash loop. */
const crashLoop = { deaths: 5, withinMs: 60_000 };
const restartDelayMs = { first: 50, max: 5_000 };

/** A fixed number of workers: one that ends is replaced. It knows no tasks, and tells its owner of them by `events`. */
export class Workers<Job, Result> {
  readonly #options: WorkersOptions<Job, Result>;
  readonly #events: WorkerEvents<Job, Result>;
  readonly #workers = new Set<PoolWorker<Job, Result>>();
  readonly #started = Promise.withResolvers<void>();
  #phase: "starting" | "started" | "stopped" = "starting";
  readonly #restarts: Partial<Record<EndCause, number>> = {};
  #failedStarts = 0;
  #failedAt: number[] = [];

  constructor(options: WorkersOptions<Job, Result>, events: WorkerEvents<Job, Result>) {
    this.#options = options;
    this.#events = events;
  }

  /** Resolves when every worker is usable. Rejects when one ends before, and leaves the others to `stop`. */
  async start(): Promise<void> {
    for (let count = 0; count < this.#options.size; count++) this.#add();
    await this.#started.promise;
  }

  get usable(): number {
    let count = 0;
    for (const worker of this.#workers) if (worker.usable) count++;
    return count;
  }

  /** How many were replaced since the start, by why they ended. */
  get restarts(): Readonly<Partial<Record<EndCause, number>>> {
    return this.#restarts;
  }

  /** Ends all workers, tells nobody, and resolves when they are gone. */
  async stop(): Promise<void> {
    this.#phase = "stopped";
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
  }

  #add(): void {
    if (this.#phase === "stopped") return;
    const worker = new PoolWorker<Job, Result>(this.#options, {
      onUsable: (worker) => this.#welcome(worker),
      onAnswer: this.#events.onAnswer,
      onEnd: (worker, cause, error) => this.#replace(worker, cause, error),
    });
    this.#workers.add(worker);
  }

  #welcome(worker: PoolWorker<Job, Result>): void {
    this.#failedStarts = 0;
    this.#events.onUsable(worker);
    if (this.#phase === "starting" && this.usable === this.#options.size) {
      this.#phase = "started";
      this.#started.resolve();
    }
  }

  #replace(worker: PoolWorker<Job, Result>, cause: EndCause, error: unknown): void {
    this.#workers.delete(worker);
    if (this.#phase === "starting") {
      this.#started.reject(new Error("a worker did not start", { cause: error }));
      return;
    }
    this.#restarts[cause] = (this.#restarts[cause] ?? 0) + 1;
    // A job that ends its worker says nothing of the next worker; one that dies before its first job does.
    if (worker.usable) this.#add();
    else this.#addLater(error);
    this.#events.onEnd(worker, cause, error);
    this.#options.onWorkerReplaced?.(cause, error);
  }

  /** Starts a worker after a pause: the next will probably fail, too, and without a pause would take the processor. */
  #addLater(error: unknown): void {
    const now = performance.now();
    this.#failedAt = [...this.#failedAt, now].filter((time) => time > now - crashLoop.withinMs);
    if (this.#failedAt.length >= crashLoop.deaths) this.#options.onCrashLoop?.(error);
    const delayMs = Math.min(restartDelayMs.first * 2 ** this.#failedStarts, restartDelayMs.max);
    this.#failedStarts++;
    setTimeout(() => this.#add(), delayMs).unref();
  }
}
