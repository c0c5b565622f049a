import type { Reservation } from "#lossd/pool/pool.js";
import type { Job, JobResult } from "#lossd/service/formats.js";
import { answer } from "#lossd/service/formats.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";

/** A pool that answers in the calling thread when the test lets it, and counts what it holds. */
export class CountedPool implements ComputePool {
  readonly ready = true;
  /** Places that are taken now, and the most that ever were; the same of their bytes. */
  places = 0;
  placesMost = 0;
  bytes = 0;
  bytesMost = 0;
  full = false;
  /** Requests that asked for a place while there was none. */
  refused = 0;
  readonly jobs: Job[] = [];
  readonly #before: (job: Job) => Promise<void> | void;

  /** `before` is run before each answer, and may keep it back or throw in its place. */
  constructor(before: (job: Job) => Promise<void> | void = () => undefined) {
    this.#before = before;
  }

  retryAfterSeconds(): number {
    return 1;
  }

  hold(bytes: number): () => void {
    this.#count(0, bytes);
    return () => this.#count(0, -bytes);
  }

  reserve(bytes: number): Reservation<Job, JobResult> | undefined {
    if (this.full) {
      this.refused++;
      return undefined;
    }
    let held: number | undefined = bytes;
    this.#count(1, bytes);
    const end = () => {
      if (held !== undefined) this.#count(-1, -held);
      held = undefined;
    };
    return {
      resize: (size) => {
        if (held === undefined) return false;
        this.#count(0, size - held);
        held = size;
        return true;
      },
      run: async (job) => {
        this.jobs.push(job);
        try {
          await this.#before(job);
          return { result: answer(job), queueMs: 0 };
        } finally {
          end();
        }
      },
      cancel: end,
    };
  }

  #count(places: number, bytes: number): void {
    this.places += places;
    this.bytes += bytes;
    this.placesMost = Math.max(this.placesMost, this.places);
    this.bytesMost = Math.max(this.bytesMost, this.bytes);
  }
}

/** Resolves when the condition holds, looked at once a turn of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
