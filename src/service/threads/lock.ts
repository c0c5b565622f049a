const free = 0;
const held = 1;
/** Held, and somebody sleeps until it is free. */
const awaited = 2;

/**
 * A lock between threads, for a few instructions at a time: nothing that is done under it may wait, throw or call back.
 * It lies in a word of shared memory that begins as 0.
 */
export class Lock {
  readonly #word: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory, 0, 1);
  }

  take(): void {
    let found = Atomics.compareExchange(this.#word, 0, free, held);
    while (found !== free) {
      if (found === awaited || Atomics.compareExchange(this.#word, 0, held, awaited) !== free) {
        Atomics.wait(this.#word, 0, awaited);
      }
      found = Atomics.compareExchange(this.#word, 0, free, awaited);
    }
  }

  release(): void {
    if (Atomics.exchange(this.#word, 0, free) === awaited) Atomics.notify(this.#word, 0, 1);
  }
}
