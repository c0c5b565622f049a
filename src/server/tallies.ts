import { QuotaMemory } from "./keys/quotas.ts";
import { CounterMemory } from "./metrics/counters.ts";

/** What other threads make their tallies from. */
export interface TallyMemory {
  readonly counters: SharedArrayBuffer;
  readonly quotas: SharedArrayBuffer;
}

/** What is written down of requests, by all HTTP threads of a process: counts, and what keys have used. */
export class Tallies {
  readonly counters: CounterMemory;
  readonly quotas: QuotaMemory;

  /** Of so many threads, of which this one is number `thread`; without `memory` nothing is written yet. */
  constructor(threads: number, thread: number, memory?: TallyMemory) {
    this.counters = new CounterMemory(threads, thread, memory?.counters);
    this.quotas = new QuotaMemory(memory?.quotas);
  }

  get memory(): TallyMemory {
    return { counters: this.counters.buffer, quotas: this.quotas.buffer };
  }
}
