import type { Pool } from "../pool/pool.ts";
import { Counts } from "./counts.ts";
import type { Job, JobResult } from "./formats.ts";
import type { Budget } from "./memory/budget.ts";

/** What computes. Tests bring their own. */
export interface ComputePool
  extends Pick<
    Pool<Job, JobResult>,
    "submit" | "space" | "full" | "ready" | "retryAfterSeconds" | "stats" | "restartsBy" | "queuedMs"
  > {
  /** Answers on the calling thread, at once, a job that is not worth a worker; undefined for others. Never throws. */
  inPlace(job: Job): JobResult | undefined;
}

export type Phase = "starting" | "ok" | "draining";

/** Where the service stands between its start and its end, as one HTTP thread sees it; the counts are the process's. */
export class Lifecycle {
  #pool: ComputePool | undefined;
  readonly #refusalListeners = new Set<() => void>();

  /** The bytes of bodies and replies in memory. */
  readonly budget: Budget;
  readonly counts: Counts;

  /** Until the pool is there every computation is refused as `starting`. Its starter reports a pool that fails. */
  constructor(pool: ComputePool | Promise<ComputePool>, budget: Budget, counts = new Counts()) {
    this.budget = budget;
    this.counts = counts;
    if (!(pool instanceof Promise)) this.#pool = pool;
    else {
      pool.then(
        (started) => {
          this.#pool = started;
        },
        () => undefined,
      );
    }
  }

  get pool(): ComputePool | undefined {
    return this.#pool;
  }

  /** What readiness says: balancers should send requests only while it is "ok". */
  get phase(): Phase {
    if (this.counts.leaving) return "draining";
    return this.#pool?.ready ? "ok" : "starting";
  }

  /** Whether new work is refused because the service ends. */
  get refusing(): boolean {
    return this.counts.refusing;
  }

  /** Requests that have no complete answer yet. */
  get requests(): number {
    return this.counts.requests;
  }

  enter(): void {
    this.counts.addRequest();
  }

  leave(): void {
    this.counts.removeRequest();
  }

  /** Readiness turns 503, work goes on. */
  startLeaving(): void {
    this.counts.startLeaving();
  }

  /** New work is refused, and the last reply on each connection closes it. */
  startRefusing(): void {
    this.counts.startRefusing();
    for (const listener of this.#refusalListeners) listener();
  }

  /** For streams, which have no foreseeable end: calls back when new work is refused. Returns what undoes it. */
  onRefusing(listener: () => void): () => void {
    this.#refusalListeners.add(listener);
    return () => this.#refusalListeners.delete(listener);
  }
}
