/** Bodies up to this size have a share of the budget that no larger one may take. */
export const smallBytesMax = 1024 * 1024;
/** The share of the small ones: one part in so many. */
const smallShare = 8;

/**
 * The bytes of bodies and replies that may be in memory at one time. What does not fit waits in its order. Nobody has to
 * wait for ever: one account at a time, the first in line, may go beyond the limit, so that of many half-read bodies one
 * always comes to its end.
 */
export class Budget {
  readonly #bytesMax: number;
  readonly #largeMax: number;
  #bytes = 0;
  #overdrawn: Account | undefined;
  readonly #waiting: Waiting[] = [];

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
    return this.#waiting.length > 0;
  }

  /** An account that holds nothing yet. */
  open(): Account {
    return new Account(this);
  }

  /** Gives an account more bytes. False, and nothing changed: they are not there. */
  give(account: Account, bytes: number): boolean {
    if (!this.#fits(account, bytes, this.#waiting.length === 0)) return false;
    this.#take(account, bytes);
    return true;
  }

  /** Gives an account more bytes as soon as they are there, and calls back then. Returns what takes the wish back. */
  giveLater(account: Account, bytes: number, granted: () => void): () => void {
    const waiting = { account, bytes, granted };
    this.#waiting.push(waiting);
    return () => {
      const index = this.#waiting.indexOf(waiting);
      if (index >= 0) this.#waiting.splice(index, 1);
      // Those behind it may be smaller.
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
    // Those within the limit do not pay for the one beyond it.
    const sum = this.#bytes - (this.#overdrawn?.bytes ?? 0) + bytes;
    if (account.bytes + bytes <= smallBytesMax) return sum <= this.#bytesMax;
    return isFirst && (sum <= this.#largeMax || this.#overdrawn === undefined);
  }

  #take(account: Account, bytes: number): void {
    const sum = this.#bytes - (this.#overdrawn?.bytes ?? 0) + bytes;
    this.#bytes += bytes;
    account.bytes += bytes;
    if (account.bytes > smallBytesMax && sum > this.#largeMax) this.#overdrawn ??= account;
  }

  /** In their order, but that a small one need not wait for a large one that does not fit. */
  #serve(): void {
    let isFirst = true;
    for (let i = 0; i < this.#waiting.length; ) {
      const { account, bytes, granted } = this.#waiting[i]!;
      if (this.#fits(account, bytes, isFirst)) {
        this.#waiting.splice(i, 1);
        this.#take(account, bytes);
        granted();
      } else {
        isFirst = false;
        i++;
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
  /** What it holds; only the budget changes it upwards. */
  bytes = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Takes so many bytes more. False: they are not there. */
  grow(bytes: number): boolean {
    return this.#budget.give(this, bytes);
  }

  /** Takes them as soon as they are there. Returns what takes the wish back. */
  growLater(bytes: number, granted: () => void): () => void {
    return this.#budget.giveLater(this, bytes, granted);
  }

  /** Gives back what is over so many bytes. */
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
