import type { Readable } from "node:stream";
import type { Account, Budget } from "../memory/budget.ts";

/** So few unread bytes do not count. */
const freeBytes = 1 << 16;

/** The replies that a stream's client has not read: more than a few count among the bytes in flight. */
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

  /** Whether more may be added, beside so many bytes that are to come. */
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
