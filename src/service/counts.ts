/** Words in shared memory. */
const at = { requests: 0, connections: 1, leaving: 2, refusing: 3, length: 4 } as const;

/** What the HTTP threads of a process count together, and how far it is on its way to its end. */
export class Counts {
  readonly #words: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(at.length * Int32Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(memory);
  }

  /** Requests that have no complete answer yet. */
  get requests(): number {
    return Atomics.load(this.#words, at.requests);
  }

  addRequest(): void {
    Atomics.add(this.#words, at.requests, 1);
  }

  removeRequest(): void {
    Atomics.sub(this.#words, at.requests, 1);
  }

  /** Counts one connection more, and returns how many there are now. */
  addConnection(): number {
    return Atomics.add(this.#words, at.connections, 1) + 1;
  }

  removeConnection(): void {
    Atomics.sub(this.#words, at.connections, 1);
  }

  get leaving(): boolean {
    return Atomics.load(this.#words, at.leaving) !== 0;
  }

  /** Whether new work is refused. */
  get refusing(): boolean {
    return Atomics.load(this.#words, at.refusing) !== 0;
  }

  startLeaving(): void {
    Atomics.store(this.#words, at.leaving, 1);
  }

  startRefusing(): void {
    this.startLeaving();
    Atomics.store(this.#words, at.refusing, 1);
  }
}
