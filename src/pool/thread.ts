import { Worker } from "node:worker_threads";
import type { FromWorker, Task } from "./protocol.ts";

/** Why a worker ended: it died, a task's deadline passed, it held too much memory, or its known answer was wrong. */
export type EndCause = "crash" | "deadline" | "memory" | "wrong_answer";

/** A job whose right answer is known. */
export interface KnownAnswer<Job, Result> {
  readonly job: Job;
  accepts(result: Result): boolean;
}

export interface ThreadOptions<Job, Result> {
  /** The module that a worker runs: it calls serveTasks. */
  readonly worker: URL;
  readonly workerData?: unknown;
  /** Each worker, a replacement too, gives this answer before it gets a task. */
  readonly knownAnswer: KnownAnswer<Job, Result>;
  /** Milliseconds that a worker may take to load and to give the known answer; 30,000 by default. */
  readonly startMsMax?: number;
}

/** What a thread tells its pool. `onEnd` comes once, whatever the number of events that say so, and nothing after it. */
export interface ThreadEvents<Job, Result> {
  onUsable(thread: Thread<Job, Result>): void;
  onAnswer(thread: Thread<Job, Result>, result: Result, memoryBytes: number): void;
  onEnd(thread: Thread<Job, Result>, cause: EndCause, error: unknown): void;
}

const startMsMaxDefault = 30_000;

/** The pool's side of one worker: it is started, gives its known answer, answers one task at a time, and ends once. */
export class Thread<Job, Result> {
  readonly #worker: Worker;
  readonly #options: ThreadOptions<Job, Result>;
  readonly #events: ThreadEvents<Job, Result>;
  readonly #startTimer: NodeJS.Timeout;
  #usable = false;
  #ended = false;
  #lastId = 0;
  #awaitedId: number | undefined;

  constructor(options: ThreadOptions<Job, Result>, events: ThreadEvents<Job, Result>) {
    this.#options = options;
    this.#events = events;
    this.#worker = new Worker(options.worker, { workerData: options.workerData });
    const startMsMax = options.startMsMax ?? startMsMaxDefault;
    this.#startTimer = setTimeout(() => {
      this.end("deadline", new Error(`a worker did not give its known answer within ${startMsMax} ms`));
    }, startMsMax);
    this.#worker.on("message", (message: FromWorker<Result>) => this.#receive(message));
    // A worker that dies says so in up to three ways, and one that is terminated says "exit" as well: end() hears the first.
    this.#worker.on("error", (error) => this.end("crash", error));
    this.#worker.on("messageerror", (error) => this.end("crash", error));
    this.#worker.on("exit", (code) => this.end("crash", new Error(`a worker exited with code ${code}`)));
  }

  /** Whether the worker has given its known answer. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Sends one job. Nothing is transferred: the pool needs the job again if this worker dies, so large bytes in a job
   * belong in a SharedArrayBuffer, which is neither copied nor lost. Throws a DataCloneError if the job cannot be sent.
   */
  post(job: Job): void {
    const task: Task<Job> = { id: this.#lastId + 1, job };
    this.#worker.postMessage(task);
    this.#lastId = task.id;
    this.#awaitedId = task.id;
  }

  end(cause: EndCause, error?: unknown): void {
    if (this.#ended) return;
    void this.stop();
    this.#events.onEnd(this, cause, error);
  }

  /** Ends the worker without telling the pool. Resolves when the thread is gone. */
  async stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#startTimer);
    await this.#worker.terminate();
  }

  #receive(message: FromWorker<Result>): void {
    if (this.#ended) return;
    if (message.kind === "ready") {
      this.post(this.#options.knownAnswer.job);
    } else if (message.id !== this.#awaitedId) {
      this.end("crash", new Error("a worker answered a task that it was not given"));
    } else {
      this.#awaitedId = undefined;
      if (this.#usable) this.#events.onAnswer(this, message.result, message.memoryBytes);
      else this.#compare(message.result);
    }
  }

  #compare(result: Result): void {
    if (!this.#options.knownAnswer.accepts(result)) {
      this.end("wrong_answer", new Error("a worker gave a wrong answer to the task whose answer is known"));
      return;
    }
    clearTimeout(this.#startTimer);
    this.#usable = true;
    this.#events.onUsable(this);
  }
}
