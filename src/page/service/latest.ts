/**
 * Has one turn of work at a time: while it runs, only the latest of those that come is kept. So a slider that moves
 * faster than the service answers never floods it, and ends at its last place.
 */
export class Latest {
  #next: Turn | undefined;
  #running: AbortController | undefined;

  /** A turn gets a signal that is aborted as soon as a later turn waits. */
  async run(turn: Turn): Promise<void> {
    this.#next = turn;
    this.#running?.abort();
    if (this.#running) return;
    while (this.#next) {
      const current = this.#next;
      this.#next = undefined;
      this.#running = new AbortController();
      try {
        await current(this.#running.signal);
      } finally {
        this.#running = undefined;
      }
    }
  }
}

export type Turn = (signal: AbortSignal) => Promise<void>;
