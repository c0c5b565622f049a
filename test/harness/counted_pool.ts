import type { Task, TaskOptions } from "#lossd/pool/pool.js";
import { answer, type Job, type JobResult } from "#lossd/service/formats.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";

/** A pool that answers in the calling thread when the test lets it, and counts its tasks. */
export class CountedPool implements ComputePool {
  readonly ready = true;
  /** Tasks that are at work now, and the most that ever were. */
  tasks = 0;
  tasksMost = 0;
  full = false;
  /** Jobs that came while it was full. */
  refused = 0;
  readonly jobs: Job[] = [];
  readonly #before: (job: Job) => Promise<void> | void;

  /** `before` is run before each answer, and may keep it back or throw in its place. */
  constructor(before: (job: Job) => Promise<void> | void = () => undefined) {
    this.#before = before;
  }

  readonly restartsBy = {};
  readonly queuedMs = 0;

  get stats() {
    return { queued: 0, running: this.tasks, inFlight: this.tasks, restarts: 0 };
  }

  retryAfterSeconds(): number {
    return 1;
  }

  inPlace(): undefined {}

  /** In a moment: whoever waits looks again. */
  space(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  submit(job: Job, { onEnd }: TaskOptions): Task<JobResult> | undefined {
    if (this.full) {
      this.refused++;
      return undefined;
    }
    this.jobs.push(job);
    this.tasks++;
    this.tasksMost = Math.max(this.tasksMost, this.tasks);
    const cancelled = Promise.withResolvers<never>();
    const run = async () => {
      try {
        await Promise.race([this.#before(job), cancelled.promise]);
        return { result: answer(job) as JobResult, queueMs: 0 };
      } finally {
        this.tasks--;
        onEnd?.(true);
      }
    };
    const answered = run();
    answered.catch(() => undefined);
    return {
      answer: answered,
      cancel: () => cancelled.reject(new DOMException("cancelled", "AbortError")),
      demote: () => undefined,
    };
  }
}

/** Resolves when the condition holds, looked at once a turn of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
