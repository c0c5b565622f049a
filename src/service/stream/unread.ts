import type { Readable } from "node:stream";
import type { Account, Budget } from "../memory/budget.ts";

/** Fewer unread bytes than this take nothing of the budget. */
const freeBytes = 1 << 16;

/** Replies that a stream's client has not read yet. From `freeBytes` on they take of the budget. */
export class Unread {
  readonly #output: Readable;
  readonly #account: Account;
  readonly #bytesMax: number;

  constructor(output: Readable, budget: Budget, bytesMax: number) {
    this.#output = output;
    this.#account = budget.open();
    this.#bytesMax = bytesMax;
    output.once("close", () => this.#release());
  }

  get bytes(): number {
    return this.#output.readableLength;
  }

  /** Whether more replies may be added; `coming` bytes of others are already on their way. */
  hasCapacity(coming: number): boolean {
    const bytes = this.bytes + coming;
    if (bytes < Math.min(freeBytes, this.#bytesMax)) {
      this.#release();
      return true;
    }
    if (this.#output.destroyed || bytes >= this.#bytesMax) return false;
    return this.#account.bytes > 0 || this.#account.growSpare(this.#bytesMax);
  }

  #release(): void {
    this.#account.close();
  }
}
