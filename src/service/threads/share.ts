import type { Config } from "../../config.ts";
import { PoolState } from "../../pool/state.ts";
import { Counts } from "../counts.ts";
import { Budget } from "../memory/budget.ts";
import { Ledger } from "../memory/ledger.ts";
import { SharedLines } from "./shared_lines.ts";

/** The memory that all HTTP threads of a process share. */
export interface ShareMemory {
  readonly threads: number;
  readonly counts: SharedArrayBuffer;
  readonly ledger: SharedArrayBuffer;
  readonly pool: SharedArrayBuffer;
  readonly lines: SharedArrayBuffer;
}

/** What the HTTP threads of a process have in common, as one of them sees it: limits and counts are the process's. */
export class Share {
  readonly threads: number;
  /** The number of this thread; 0 is the main one, which has the pool and the log. */
  readonly thread: number;
  readonly counts: Counts;
  readonly budget: Budget;
  readonly pool: PoolState;
  readonly lines: SharedLines;
  readonly #ledger: Ledger;

  /** Of so many threads; without `memory` it begins as new. `tell` has another thread's budget look. */
  constructor(
    config: Config,
    { threads, thread = 0, memory }: { threads: number; thread?: number; memory?: ShareMemory },
    tell: (thread: number) => void = () => undefined,
  ) {
    this.threads = threads;
    this.thread = thread;
    this.counts = new Counts(memory?.counts);
    this.#ledger = new Ledger(threads, memory?.ledger);
    this.budget = new Budget(config.QUEUE_BYTES_MAX, { ledger: this.#ledger, thread, tell });
    this.pool = new PoolState({ size: config.WORKERS, queueLengthMax: config.QUEUE_LENGTH_MAX }, memory?.pool);
    this.lines = new SharedLines(memory?.lines);
  }

  /** What the other threads make their share from. */
  get memory(): ShareMemory {
    const { threads, counts, pool, lines } = this;
    return { threads, counts: counts.memory, ledger: this.#ledger.memory, pool: pool.memory, lines: lines.memory };
  }
}
