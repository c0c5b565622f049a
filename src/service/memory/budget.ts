import { replyFactor } from "./memory.ts";

/** Bodies up to this size have a share of the budget that no larger one may take. */
export const smallBodyBytesMax = 1024 * 1024;
/** What such a body counts for, with what its reply may take. */
const smallBytesMax = smallBodyBytesMax * (1 + replyFactor);
/** One part in this many is kept for small bodies. */
const smallShare = 8;

/**
 * The bytes of bodies and replies that may be in memory at one time. What does not fit waits in its order, and who holds
 * nothing yet behind all others: what has begun comes to its end before more is begun, and few bodies lie there half-read.
 * Nobody has to wait for ever: one account at a time, the first in line, may go beyond the limit.
 */
export class Budget {
  readonly #bytesMax: number;
  readonly #largeMax: number;
  #bytes = 0;
  #overdrawn: Account | undefined;
  readonly #growing: Waiting[] = [];
  readonly #beginning: Waiting[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#largeMax = bytesMax - Math.floor(bytesMax / smallShare);
  }

  /** Bytes that are taken now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether somebody waits for bytes. */
  get isShort(): boolean {
    return this.#growing.length + this.#beginning.length > 0;
  }

  /** An account that holds nothing yet; of a body that is known to be large, it never takes from the small ones' share. */
  open(isLarge = false): Account {
    return new Account(this, isLarge);
  }

  /** Gives an account more bytes. False, and nothing changed: they are not there. */
  give(account: Account, bytes: number): boolean {
    const isFirst = account.bytes > 0 ? this.#growing.length === 0 : !this.isShort;
    if (!this.#fits(account, bytes, isFirst)) return false;
    this.#take(account, bytes);
    return true;
  }

  /** Gives bytes that an account can do without: never beyond the limit, nor from the share of small bodies. */
  giveSpare(account: Account, bytes: number): boolean {
    if (this.isShort || this.#within(bytes) > this.#largeMax) return false;
    this.#bytes += bytes;
    account.bytes += bytes;
    return true;
  }

  /**
   * Gives an account more bytes as soon as they are there, and calls back then. Returns a function that withdraws the
   * request.
   */
  giveLater(account: Account, bytes: number, granted: () => void): () => void {
    const waiting = { account, bytes, granted };
    const line = account.bytes > 0 ? this.#growing : this.#beginning;
    line.push(waiting);
    return () => {
      const index = line.indexOf(waiting);
      if (index >= 0) line.splice(index, 1);
      // Without this wish, those behind it may fit.
      this.#serve();
    };
  }

  /** Takes bytes back from an account. */
  takeBack(account: Account, bytes: number): void {
    this.#bytes -= bytes;
    if (this.#overdrawn === account && account.bytes === 0) this.#overdrawn = undefined;
    this.#serve();
  }

  #fits(account: Account, bytes: number, isFirst: boolean): boolean {
    if (this.#overdrawn === account) return true;
    const sum = this.#within(bytes);
    if (!account.isLarge && account.bytes + bytes <= smallBytesMax) return sum <= this.#bytesMax;
    return isFirst && (sum <= this.#largeMax || this.#overdrawn === undefined);
  }

  #take(account: Account, bytes: number): void {
    const sum = this.#within(bytes);
    this.#bytes += bytes;
    account.bytes += bytes;
    if ((account.isLarge || account.bytes > smallBytesMax) && sum > this.#largeMax) this.#overdrawn ??= account;
  }

  /** What would be taken with so many bytes more; the account beyond the limit is left out, and holds up nobody. */
  #within(bytes: number): number {
    return this.#bytes - (this.#overdrawn?.bytes ?? 0) + bytes;
  }

  /** Serves those that wait in their order; but a small one passes a large one that does not fit. */
  #serve(): void {
    for (const line of [this.#growing, this.#beginning]) {
      for (let i = 0; i < line.length; ) {
        const { account, bytes, granted } = line[i]!;
        const isFirst = i === 0 && (line === this.#growing || this.#growing.length === 0);
        if (this.#fits(account, bytes, isFirst)) {
          line.splice(i, 1);
          this.#take(account, bytes);
          granted();
        } else i++;
      }
    }
  }
}

interface Waiting {
  readonly account: Account;
  readonly bytes: number;
  readonly granted: () => void;
}

/** What one request holds of the budget. */
export class Account {
  readonly #budget: Budget;
  readonly isLarge: boolean;
  /** What it holds; only the budget changes it upwards. */
  bytes = 0;

  constructor(budget: Budget, isLarge: boolean) {
    this.#budget = budget;
    this.isLarge = isLarge;
  }

  /** Takes so many bytes more. False: they are not there. */
  grow(bytes: number): boolean {
    return this.#budget.give(this, bytes);
  }

  /** Takes so many bytes more, only if nobody waits and the share of small bodies stays free. */
  growSpare(bytes: number): boolean {
    return this.#budget.giveSpare(this, bytes);
  }

  /** Takes them as soon as they are there. Returns a function that withdraws the request. */
  growLater(bytes: number, granted: () => void): () => void {
    return this.#budget.giveLater(this, bytes, granted);
  }

  /** Gives back all but so many bytes. */
  shrinkTo(bytes: number): void {
    const freed = this.bytes - bytes;
    if (freed <= 0) return;
    this.bytes = bytes;
    this.#budget.takeBack(this, freed);
  }

  /** Gives back all; a second time it changes nothing. */
  close(): void {
    this.shrinkTo(0);
  }
}
