/** Lines are written together, so many bytes: one write a line would cost more than all else of a small request. */
const manyBytes = 32 * 1024;

/** What a line changed: it is the first that waits, or so many bytes wait now that they are to be written at once. */
export type News = "first" | "many";

/** What was taken out at one time. */
export interface Taken {
  readonly text: string | Buffer;
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

/** Lines of one thread. */
export class OwnLines implements LogLines {
  #text = "";

  append(line: string): News | undefined {
    const before = this.#text.length;
    this.#text += line;
    return newsOf(before, this.#text.length);
  }

  take(): Taken {
    const text = this.#text;
    this.#text = "";
    return { text, dropped: 0 };
  }
}
