import type { Ticket } from "./reservation.ts";

/** The places of a pool: how many tasks and how many bytes of bodies are in flight, against their limits. */
export class Places<Job, Result> {
  readonly #tickets = new Set<Ticket<Job, Result>>();
  readonly #ticketsMax: number;
  readonly #bytesMax: number;
  readonly #emptied = Promise.withResolvers<void>();
  #closed = false;
  #bytes = 0;

  constructor(ticketsMax: number, bytesMax: number) {
    this.#ticketsMax = ticketsMax;
    this.#bytesMax = bytesMax;
  }

  get tickets(): ReadonlySet<Ticket<Job, Result>> {
    return this.#tickets;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined: full by count or by bytes, or closed. */
  take(bytes: number): Ticket<Job, Result> | undefined {
    if (this.#closed || this.#tickets.size >= this.#ticketsMax || this.#bytes + bytes > this.#bytesMax)
      return undefined;
    const ticket: Ticket<Job, Result> = { bytes, used: false };
    this.#tickets.add(ticket);
    this.#bytes += bytes;
    return ticket;
  }

  /** Counts bytes that are there already, whatever the limits: what comes next is refused. Returns how to free them. */
  hold(bytes: number): () => void {
    if (this.#closed) return () => undefined;
    const ticket: Ticket<Job, Result> = { bytes, used: true };
    this.#tickets.add(ticket);
    this.#bytes += bytes;
    return () => this.free(ticket);
  }

  /** False, and nothing changed, if the bytes do not fit or the place is free. */
  resize(ticket: Ticket<Job, Result>, bytes: number): boolean {
    const sum = this.#bytes - ticket.bytes + bytes;
    if (!this.#tickets.has(ticket) || sum > this.#bytesMax) return false;
    this.#bytes = sum;
    ticket.bytes = bytes;
    return true;
  }

  /** Frees the place; a second time it changes nothing. */
  free(ticket: Ticket<Job, Result>): void {
    if (!this.#tickets.delete(ticket)) return;
    this.#bytes -= ticket.bytes;
    if (this.#closed && this.#tickets.size === 0) this.#emptied.resolve();
  }

  /** Gives no place any more. Resolves when all are free, or after `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    if (this.#tickets.size === 0) return;
    const timer = startTimer(this.#emptied.resolve, timeoutMs);
    await this.#emptied.promise;
    clearTimeout(timer);
  }
}

/** Outside these bounds setTimeout would warn, and fire at once. */
export function startTimer(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, Math.min(Math.max(delayMs, 0), 2 ** 31 - 1));
}
