import { type EndCause, endCauses } from "./worker.ts";

const retryAfterSecondsMax = 30;

/** Words in shared memory; the last are the restarts by their cause. */
const at = {
  taken: 0,
  usable: 1,
  closing: 2,
  demoted: 3,
  meanMicroseconds: 4,
  queued: 5,
  running: 6,
  queuedMs: 7,
  restarts: 8,
  length: 8 + endCauses.length,
} as const;

/** The most that a word holds. */
const wordMax = 2 ** 31 - 1;

export interface PoolLimits {
  /** The number of workers. */
  readonly size: number;
  /** Tasks that may wait beside those that the workers run. */
  readonly queueLengthMax: number;
}

/**
 * How a pool stands, in shared memory, so that each thread that has tasks for it can see and count. Only the thread of the
 * pool sets what `note…` sets.
 */
export class PoolState {
  readonly #limits: PoolLimits;
  readonly #words: Int32Array;

  /** Of a new pool; or of the one whose `memory` that is. */
  constructor(
    limits: PoolLimits,
    readonly memory = new SharedArrayBuffer(at.length * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.#limits = limits;
    this.#words = new Int32Array(memory);
  }

  /** Tasks that the pool has, and those on their way to it. */
  get taken(): number {
    return Atomics.load(this.#words, at.taken);
  }

  get usable(): number {
    return Atomics.load(this.#words, at.usable);
  }

  get closing(): boolean {
    return Atomics.load(this.#words, at.closing) !== 0;
  }

  /** Whether a task would be answered now: a worker is usable, and the pool is open. */
  get ready(): boolean {
    return !this.closing && this.usable > 0;
  }

  /** Whether a task waits that would make room for another. */
  get hasDemoted(): boolean {
    return Atomics.load(this.#words, at.demoted) > 0;
  }

  /** Whether the pool would take nothing: as many tasks wait as may, or it closes. */
  get full(): boolean {
    return this.closing || (this.taken >= this.#placesMax && !this.hasDemoted);
  }

  get #placesMax(): number {
    return this.#limits.size + this.#limits.queueLengthMax;
  }

  /** Takes a place for one task. False: there is none. */
  takePlace(): boolean {
    for (;;) {
      const { taken } = this;
      if (taken >= this.#placesMax) return false;
      if (Atomics.compareExchange(this.#words, at.taken, taken, taken + 1) === taken) return true;
    }
  }

  freePlace(): void {
    Atomics.sub(this.#words, at.taken, 1);
  }

  /** Whole seconds, 1 to 30, after which what is there now should be done, as recent tasks went. */
  retryAfterSeconds(): number {
    const meanSeconds = Atomics.load(this.#words, at.meanMicroseconds) / 1e6;
    const seconds = Math.ceil((this.taken * meanSeconds) / this.#limits.size);
    return Math.min(Math.max(seconds, 1), retryAfterSecondsMax);
  }

  /** Counts at this moment; `restarts` alone counts since the start. */
  get stats() {
    const word = (index: number) => Atomics.load(this.#words, index);
    const restarts = Object.values(this.restartsBy).reduce((sum, count) => sum + count, 0);
    return { queued: word(at.queued), running: word(at.running), inFlight: this.taken, restarts };
  }

  /** How many workers were replaced since the start, by why they ended. */
  get restartsBy(): Readonly<Partial<Record<EndCause, number>>> {
    return Object.fromEntries(endCauses.map((cause, index) => [cause, Atomics.load(this.#words, at.restarts + index)]));
  }

  /** How long the tasks that wait should take, as recent tasks went. */
  get queuedMs(): number {
    return Atomics.load(this.#words, at.queuedMs);
  }

  noteTasks({ queued, running, queuedMs }: { queued: number; running: number; queuedMs: number }): void {
    Atomics.store(this.#words, at.queued, queued);
    Atomics.store(this.#words, at.running, running);
    Atomics.store(this.#words, at.queuedMs, Math.min(queuedMs, wordMax));
  }

  noteWorkers(usable: number, restarts: Readonly<Partial<Record<EndCause, number>>>): void {
    Atomics.store(this.#words, at.usable, usable);
    endCauses.forEach((cause, index) => {
      Atomics.store(this.#words, at.restarts + index, restarts[cause] ?? 0);
    });
  }

  noteClosing(): void {
    Atomics.store(this.#words, at.closing, 1);
  }

  noteDemoted(tasks: number): void {
    Atomics.store(this.#words, at.demoted, tasks);
  }

  noteMeanMs(ms: number): void {
    Atomics.store(this.#words, at.meanMicroseconds, Math.min(ms * 1000, wordMax));
  }
}
