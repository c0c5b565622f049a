import { type EndCause, Thread, type ThreadEvents, type ThreadOptions } from "./thread.ts";

export interface CrewOptions<Job, Result> extends ThreadOptions<Job, Result> {
  /** The number of workers, at least 1. It is fixed. */
  readonly size: number;
  /** Told once for each worker that ended, with what it died of where that is known. */
  onWorkerReplaced?(cause: EndCause, error?: unknown): void;
}

const crashLoop = { crashes: 5, withinMs: 60_000 };
const restartDelayMs = { first: 50, max: 5_000 };

/** A fixed number of threads: one that ends is replaced. It knows no task; `events` tells who does. */
export class Crew<Job, Result> {
  readonly #options: CrewOptions<Job, Result>;
  readonly #events: ThreadEvents<Job, Result>;
  readonly #threads = new Set<Thread<Job, Result>>();
  readonly #started = Promise.withResolvers<void>();
  #phase: "starting" | "started" | "stopped" = "starting";
  #restarts = 0;
  #failedStarts = 0;
  #crashTimes: number[] = [];
  #inCrashLoop = false;

  constructor(options: CrewOptions<Job, Result>, events: ThreadEvents<Job, Result>) {
    this.#options = options;
    this.#events = events;
  }

  /** Resolves when every thread is usable. Rejects when one ends before, and leaves the others to `stop`. */
  async start(): Promise<void> {
    for (let count = 0; count < this.#options.size; count++) this.#add();
    await this.#started.promise;
  }

  /** Whether some thread is usable and threads do not die in a row. */
  get healthy(): boolean {
    return !this.#inCrashLoop && [...this.#threads].some((thread) => thread.usable);
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Ends all threads, tells nobody, and resolves when they are gone. */
  async stop(): Promise<void> {
    this.#phase = "stopped";
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }

  #add(): void {
    if (this.#phase === "stopped") return;
    const thread = new Thread<Job, Result>(this.#options, {
      onUsable: (thread) => this.#welcome(thread),
      onAnswer: this.#events.onAnswer,
      onEnd: (thread, cause, error) => this.#replace(thread, cause, error),
    });
    this.#threads.add(thread);
  }

  #welcome(thread: Thread<Job, Result>): void {
    this.#failedStarts = 0;
    this.#inCrashLoop = false;
    this.#events.onUsable(thread);
    if (this.#phase === "starting" && [...this.#threads].every((each) => each.usable)) {
      this.#phase = "started";
      this.#started.resolve();
    }
  }

  #replace(thread: Thread<Job, Result>, cause: EndCause, error: unknown): void {
    this.#threads.delete(thread);
    if (this.#phase === "starting") {
      this.#started.reject(new Error("a worker did not start", { cause: error }));
      return;
    }
    this.#restarts++;
    if (cause === "crash") this.#noteCrash();
    if (thread.usable) this.#add();
    else this.#addLater();
    this.#events.onEnd(thread, cause, error);
    this.#options.onWorkerReplaced?.(cause, error);
  }

  #noteCrash(): void {
    const now = performance.now();
    this.#crashTimes = [...this.#crashTimes, now].filter((time) => time > now - crashLoop.withinMs);
    if (this.#crashTimes.length >= crashLoop.crashes) this.#inCrashLoop = true;
  }

  /** What cannot start will probably not start at once either, and starting it without a pause would take the processor. */
  #addLater(): void {
    const delayMs = Math.min(restartDelayMs.first * 2 ** this.#failedStarts, restartDelayMs.max);
    this.#failedStarts++;
    setTimeout(() => this.#add(), delayMs).unref();
  }
}
