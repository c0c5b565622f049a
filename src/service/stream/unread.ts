import type { Readable } from "node:stream";
import type { Reservation } from "../../pool/pool.ts";
import type { Job, JobResult } from "../formats.ts";
import type { ComputePool } from "../lifecycle.ts";

/** So few unread bytes need no place. */
const freeBytes = 1 << 16;

/** The replies that a stream's client has not read: more than a few count among the bytes in flight. */
export class Unread {
  readonly #output: Readable;
  readonly #pool: ComputePool;
  readonly #bytesMax: number;
  #place: Reservation<Job, JobResult> | undefined;

  constructor(output: Readable, pool: ComputePool, bytesMax: number) {
    this.#output = output;
    this.#pool = pool;
    this.#bytesMax = bytesMax;
    output.once("close", () => this.#release());
  }

  get bytes(): number {
    return this.#output.readableLength;
  }

  /** Whether more may be added, beside so many bytes that are to come. */
  hasRoom(coming: number): boolean {
    const bytes = this.bytes + coming;
    if (bytes < Math.min(freeBytes, this.#bytesMax)) {
      this.#release();
      return true;
    }
    if (this.#output.destroyed || bytes >= this.#bytesMax) return false;
    this.#place ??= this.#pool.reserve(this.#bytesMax);
    return this.#place !== undefined;
  }

  #release(): void {
    this.#place?.cancel();
    this.#place = undefined;
  }
}
