import { bytesPerUnit, type LogLines, type News, newsOf, type Taken } from "../log_lines.ts";
import { Lock } from "./lock.ts";

/** Words before the text: the lock's, then how many bytes wait, and how many lines were dropped. */
const at = { used: 1, dropped: 2, length: 4 } as const;
const headBytes = at.length * Int32Array.BYTES_PER_ELEMENT;
/** Lines that find no room in so many bytes are dropped: whoever writes them stands still. */
const bytesMax = 4 * 1024 * 1024;

/** Lines of the log that wait to be written, of all threads in the order in which they came: in shared memory. */
export class SharedLines implements LogLines {
  readonly #lock: Lock;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;

  constructor(readonly memory = new SharedArrayBuffer(headBytes + bytesMax)) {
    this.#lock = new Lock(memory);
    this.#words = new Int32Array(memory, 0, at.length);
    this.#bytes = Buffer.from(memory, headBytes);
  }

  append(line: string): News | undefined {
    this.#lock.take();
    const before = this.#words[at.used]!;
    let after = before;
    if (before + line.length * bytesPerUnit <= this.#bytes.length) after += this.#bytes.write(line, before);
    else this.#words[at.dropped]!++;
    this.#words[at.used] = after;
    this.#lock.release();
    return newsOf(before, after);
  }

  take(): Taken {
    this.#lock.take();
    const text = Buffer.allocUnsafe(this.#words[at.used]!);
    this.#bytes.copy(text);
    const dropped = this.#words[at.dropped]!;
    this.#words[at.used] = 0;
    this.#words[at.dropped] = 0;
    this.#lock.release();
    return { text, dropped };
  }
}
