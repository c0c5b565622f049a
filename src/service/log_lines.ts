/** Lines are written together, so many bytes: one write a line would cost more than all else of a small request. */
const manyBytes = 32 * 1024;

/** What a line changed: it is the first that waits, or so many bytes wait now that they are to be written at once. */
export type News = "first" | "many";

/** What was taken out at one time. */
export interface Taken {
  readonly text: Buffer;
  /** Lines that found no room. */
  readonly dropped: number;
}

/** Lines of the log that wait to be written, in their order. */
export interface LogLines {
  append(line: string): News | undefined;
  /** Takes all that waits. */
  take(): Taken;
}

export function newsOf(before: number, after: number): News | undefined {
  if (before < manyBytes && after >= manyBytes) return "many";
  return before === 0 && after > 0 ? "first" : undefined;
}

/** UTF-8 takes at most this many bytes for one unit of a string. */
export const bytesPerUnit = 3;

/** Lines of one thread: as bytes at once, because a text that was put together of many is slow to be read. */
export class OwnLines implements LogLines {
  #bytes = Buffer.alloc(0);
  #used = 0;

  append(line: string): News | undefined {
    const before = this.#used;
    const most = before + line.length * bytesPerUnit;
    if (most > this.#bytes.length) this.#grow(most);
    this.#used += this.#bytes.write(line, before);
    return newsOf(before, this.#used);
  }

  take(): Taken {
    const text = this.#bytes.subarray(0, this.#used);
    this.#bytes = Buffer.alloc(0);
    this.#used = 0;
    return { text, dropped: 0 };
  }

  #grow(most: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * manyBytes, 2 * most));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
