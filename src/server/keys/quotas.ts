import { hashOf, type Quotas } from "./key_file.ts";

/** Keys with quotas that one process can tell apart. */
const keysMax = 1024;
/** Numbers a key: whose they are, and when its processor time and its bytes will be whole again. */
const stride = 3;
const minuteNs = 60_000_000_000n;

/** What keys have used of their quotas, in memory that threads may share. */
export class QuotaMemory {
  readonly #numbers: BigInt64Array;

  constructor(readonly buffer = new SharedArrayBuffer(keysMax * stride * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.#numbers = new BigInt64Array(buffer);
  }

  /** The meter of the key of that name: the same for every thread, and after its file was read anew. Throws an Error. */
  meter(name: string, quotas: Quotas): Meter {
    const id = hashOf(name).readBigInt64LE() | 1n;
    for (let place = 0; place < keysMax; place++) {
      const at = place * stride;
      const owner = Atomics.compareExchange(this.#numbers, at, 0n, id);
      if (owner === 0n || owner === id) return new Meter(this.#numbers, at, quotas);
    }
    throw new Error(`more than ${keysMax} keys have quotas`);
  }
}

/**
 * One key's quotas: each a bucket that holds a minute's worth and fills evenly. Of a bucket one number is kept, the time at
 * which it will be full: to take from it is to move that time on.
 */
export class Meter {
  readonly #numbers: BigInt64Array;
  readonly #at: number;
  readonly #quotas: Quotas;

  constructor(numbers: BigInt64Array, at: number, quotas: Quotas) {
    this.#numbers = numbers;
    this.#at = at;
    this.#quotas = quotas;
  }

  /** Whole seconds until the key may ask again; 0: now. */
  waitSeconds(): number {
    const now = process.hrtime.bigint();
    const full = [1, 2].map((bucket) => Atomics.load(this.#numbers, this.#at + bucket));
    const waits = full.map((time) => Number(time - now - minuteNs) / 1e9);
    return Math.max(0, ...waits.map(Math.ceil));
  }

  /** Takes what a request has used. It may be more than there is: then the next ones wait the longer. */
  spend(processorSeconds: number, bytes: number): void {
    this.#take(1, processorSeconds, this.#quotas.processor_seconds);
    this.#take(2, bytes, this.#quotas.bytes);
  }

  #take(bucket: number, amount: number, perMinute: number | undefined): void {
    if (perMinute === undefined || amount <= 0) return;
    const cost = BigInt(Math.round((amount / perMinute) * Number(minuteNs)));
    const index = this.#at + bucket;
    const now = process.hrtime.bigint();
    for (;;) {
      const full = Atomics.load(this.#numbers, index);
      const later = (full > now ? full : now) + cost;
      if (Atomics.compareExchange(this.#numbers, index, full, later) === full) return;
    }
  }
}
