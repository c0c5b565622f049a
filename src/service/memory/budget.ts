import { Ledger, type Line, lines } from "./ledger.ts";
import { replyFactor } from "./memory.ts";

/** Bodies up to this size have a share of the budget that no larger one may take. */
export const smallBodyBytesMax = 1024 * 1024;
/** What such a body counts for, with what its reply may take. */
const smallBytesMax = smallBodyBytesMax * (1 + replyFactor);
/** One part in this many is kept for small bodies. */
const smallShare = 8;

/** A budget's place beside those of the other HTTP threads. */
export interface BudgetShare {
  readonly ledger: Ledger;
  /** The number of this thread, from 0. */
  readonly thread: number;
  /** Has the budget of another thread `look`. */
  tell(thread: number): void;
}

/**
 * The bytes of bodies and replies that may be in memory at one time, in all HTTP threads together. What does not fit waits
 * in its order, and who holds nothing yet behind all others: what has begun comes to its end before more is begun, and few
 * bodies lie there half-read. Nobody has to wait for ever: one account at a time, the first in line, may go beyond the limit.
 */
export class Budget {
  readonly #bytesMax: number;
  readonly #largeMax: number;
  readonly #share: BudgetShare;
  readonly #ledger: Ledger;
  readonly #lines: readonly [growing: Waiting[], beginning: Waiting[]] = [[], []];

  constructor(bytesMax: number, share: BudgetShare = { ledger: new Ledger(1), thread: 0, tell: () => undefined }) {
    this.#bytesMax = bytesMax;
    this.#largeMax = bytesMax - Math.floor(bytesMax / smallShare);
    this.#share = share;
    this.#ledger = share.ledger;
  }

  /** Bytes that are taken now. */
  get bytes(): number {
    return this.#ledger.bytes;
  }

  /** Whether somebody waits for bytes. */
  get isShort(): boolean {
    return this.#ledger.waiting > 0;
  }

  /** An account that holds nothing yet; of a body that is known to be large, it never takes from the small ones' share. */
  open(isLarge = false): Account {
    return new Account(this, isLarge);
  }

  /** Gives an account more bytes. False, and nothing changed: they are not there. */
  give(account: Account, bytes: number): boolean {
    const { lock } = this.#ledger;
    lock.take();
    const fits = this.#fits(account, bytes, lineOf(account), Number.POSITIVE_INFINITY);
    if (fits) this.#take(account, bytes);
    lock.release();
    return fits;
  }

  /** Gives bytes that an account can do without: never beyond the limit, nor from the share of small bodies. */
  giveSpare(account: Account, bytes: number): boolean {
    const { lock } = this.#ledger;
    lock.take();
    const fits = !this.isShort && this.#ledger.counted + bytes <= this.#largeMax;
    if (fits) this.#add(account, bytes);
    lock.release();
    return fits;
  }

  /**
   * Gives an account more bytes as soon as they are there, and calls back then. Returns a function that withdraws the
   * request.
   */
  giveLater(account: Account, bytes: number, granted: () => void): () => void {
    const { lock } = this.#ledger;
    const line = lineOf(account);
    lock.take();
    const waiting = { account, bytes, granted, ticket: this.#ledger.drawTicket() };
    this.#lines[line].push(waiting);
    this.#noteFirst(line);
    lock.release();
    // Another thread may have given bytes back before it could see that somebody waits.
    if (this.#ledger.threads > 1) queueMicrotask(() => this.look());
    return () => {
      lock.take();
      const index = this.#lines[line].indexOf(waiting);
      if (index >= 0) this.#leave(line, index);
      // Without this wish, those behind it may fit.
      this.#serve(true);
    };
  }

  /** Takes bytes back from an account. */
  takeBack(account: Account, bytes: number): void {
    const ledger = this.#ledger;
    ledger.lock.take();
    if (!account.isOverdrawn) ledger.count(-bytes);
    else {
      ledger.countOverdrawn(-bytes);
      account.isOverdrawn = account.bytes > 0;
      if (!account.isOverdrawn) ledger.endOverdraft();
    }
    if (ledger.waiting > 0) this.#serve(true);
    else ledger.lock.release();
  }

  /** Looks whether those that wait in this thread can be served: another thread has changed something. */
  look(): void {
    this.#ledger.lock.take();
    this.#ledger.unmarkTold(this.#share.thread);
    this.#serve(false);
  }

  #fits(account: Account, bytes: number, line: Line, ticket: number): boolean {
    if (account.isOverdrawn) return true;
    const sum = this.#ledger.counted + bytes;
    if (!account.isLarge && account.bytes + bytes <= smallBytesMax) return sum <= this.#bytesMax;
    return this.#isFirst(line, ticket) && (sum <= this.#largeMax || !this.#ledger.isOverdrawn);
  }

  /** Whether nobody is before that ticket, in any thread; Infinity: before somebody who has none. */
  #isFirst(line: Line, ticket: number): boolean {
    const ledger = this.#ledger;
    if (line === lines.beginning && ledger.first(lines.growing) < Number.POSITIVE_INFINITY) return false;
    return ticket <= ledger.first(line);
  }

  #take(account: Account, bytes: number): void {
    this.#add(account, bytes);
    if (account.isOverdrawn || !(account.isLarge || account.bytes > smallBytesMax)) return;
    if (this.#ledger.counted <= this.#largeMax || this.#ledger.isOverdrawn) return;
    // Its bytes are left out of what is counted from now on, and it holds up nobody.
    this.#ledger.overdraw(account.bytes);
    account.isOverdrawn = true;
  }

  #add(account: Account, bytes: number): void {
    account.bytes += bytes;
    if (account.isOverdrawn) this.#ledger.countOverdrawn(bytes);
    else this.#ledger.count(bytes);
  }

  /**
   * Serves those that wait in their order; but a small one passes a large one that does not fit. Other threads look too,
   * if something `changed` before or by it. It begins under the lock and releases it.
   */
  #serve(changed: boolean): void {
    const served: Waiting[] = [];
    for (const line of [lines.growing, lines.beginning]) {
      for (let i = 0; i < this.#lines[line].length; ) {
        const waiting = this.#lines[line][i]!;
        if (this.#fits(waiting.account, waiting.bytes, line, waiting.ticket)) {
          this.#leave(line, i);
          this.#take(waiting.account, waiting.bytes);
          served.push(waiting);
        } else i++;
      }
    }
    const others = changed || served.length > 0 ? this.#othersToTell() : [];
    this.#ledger.lock.release();
    for (const thread of others) this.#share.tell(thread);
    for (const { granted } of served) granted();
  }

  #othersToTell(): number[] {
    const others: number[] = [];
    for (let thread = 0; thread < this.#ledger.threads; thread++) {
      if (thread !== this.#share.thread && this.#ledger.markTold(thread)) others.push(thread);
    }
    return others;
  }

  #leave(line: Line, index: number): void {
    this.#lines[line].splice(index, 1);
    this.#ledger.noteLeft();
    this.#noteFirst(line);
  }

  #noteFirst(line: Line): void {
    this.#ledger.setFirst(this.#share.thread, line, this.#lines[line][0]?.ticket);
  }
}

function lineOf(account: Account): Line {
  return account.bytes > 0 ? lines.growing : lines.beginning;
}

interface Waiting {
  readonly account: Account;
  readonly bytes: number;
  readonly granted: () => void;
  readonly ticket: number;
}

/** What one request holds of the budget. */
export class Account {
  readonly #budget: Budget;
  readonly isLarge: boolean;
  /** What it holds; only the budget changes it upwards. */
  bytes = 0;
  /** Whether it is the one beyond the limit; the budget's to set. */
  isOverdrawn = false;

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
