import { Lock } from "../threads/lock.ts";

/** The lock's bytes; what follows is aligned. */
const lockBytes = 8;
/** Numbers that all threads share. */
const at = { counted: 0, overdrawn: 1, overdrawnBytes: 2, waiting: 3, tickets: 4, threads: 5 } as const;
/** Numbers that each thread has: the first ticket in each of its lines, 0 if nobody is there, and whether it was told. */
const perThread = 3;
const toldAt = 2;

/** The lines in which a thread's accounts wait: those that hold bytes already come first. */
export const lines = { growing: 0, beginning: 1 } as const;
export type Line = (typeof lines)[keyof typeof lines];

/**
 * What the budgets of all HTTP threads know of each other, in shared memory. All but `waiting` and `bytes` is read and
 * written under the lock alone.
 */
export class Ledger {
  readonly lock: Lock;
  readonly #numbers: Float64Array;

  /** For that many threads; the others get the `memory`. */
  constructor(
    readonly threads: number,
    readonly memory = new SharedArrayBuffer(lockBytes + (at.threads + threads * perThread) * 8),
  ) {
    this.lock = new Lock(memory);
    this.#numbers = new Float64Array(memory, lockBytes);
  }

  /** Bytes that are taken, those of the account beyond the limit aside. */
  get counted(): number {
    return this.#numbers[at.counted]!;
  }

  /** All bytes that are taken. */
  get bytes(): number {
    return this.counted + this.#numbers[at.overdrawnBytes]!;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#numbers[at.waiting]!;
  }

  /** Whether some account is beyond the limit. */
  get isOverdrawn(): boolean {
    return this.#numbers[at.overdrawn]! !== 0;
  }

  count(bytes: number): void {
    this.#numbers[at.counted]! += bytes;
  }

  countOverdrawn(bytes: number): void {
    this.#numbers[at.overdrawnBytes]! += bytes;
  }

  /** Lets one account be beyond the limit, with the bytes that it has. */
  overdraw(bytes: number): void {
    this.#numbers[at.overdrawn] = 1;
    this.count(-bytes);
    this.countOverdrawn(bytes);
  }

  endOverdraft(): void {
    this.#numbers[at.overdrawn] = 0;
  }

  /** A place behind all others. */
  drawTicket(): number {
    this.#numbers[at.waiting]!++;
    return ++this.#numbers[at.tickets]!;
  }

  /** Notes who is now first in a thread's line; undefined: nobody. */
  setFirst(thread: number, line: Line, ticket: number | undefined): void {
    this.#numbers[at.threads + thread * perThread + line] = ticket ?? 0;
  }

  noteLeft(): void {
    this.#numbers[at.waiting]!--;
  }

  /** The first ticket of a line, of whichever thread; Infinity: nobody waits in it. */
  first(line: Line): number {
    let first = Number.POSITIVE_INFINITY;
    for (let thread = 0; thread < this.threads; thread++) {
      const ticket = this.#numbers[at.threads + thread * perThread + line]!;
      if (ticket !== 0 && ticket < first) first = ticket;
    }
    return first;
  }

  /** Whether a thread has somebody who waits and has not been told yet to look again; from now on it has. */
  markTold(thread: number): boolean {
    const own = at.threads + thread * perThread;
    const waits = this.#numbers[own + lines.growing] !== 0 || this.#numbers[own + lines.beginning] !== 0;
    if (!waits || this.#numbers[own + toldAt] !== 0) return false;
    this.#numbers[own + toldAt] = 1;
    return true;
  }

  /** The thread is about to look. */
  unmarkTold(thread: number): void {
    this.#numbers[at.threads + thread * perThread + toldAt] = 0;
  }
}
