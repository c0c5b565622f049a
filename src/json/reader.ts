import { wordHint } from "../losses/hints/values.ts";
import { Problem, quoted } from "../problems.ts";
import { backslash, openBrace, openBracket, quote, space } from "./scan.ts";
import { checkText } from "./utf8.ts";

/** A value that is no tensor is small: an option is a word, a number or a short list. */
const plainValuesMax = 10_000;

/** Deeper than this is refused: recursion and JSON Pointers stay bounded. */
export const depthMax = 64;

/** Only a number with an exponent, or with at least so many characters, can be too large for a double. */
const finiteLength = 300;

const literals = Object.entries({ true: true, false: false, null: null });

/**
 * A strict tokenizer for JSON (RFC 8259) over bytes, one value at a time. Throws a Problem (invalid_json, too_deep,
 * duplicate_key or invalid_utf8) that names the byte offset. JSON.parse would keep the last of two equal keys.
 */
export class JsonReader {
  readonly #text: Buffer;
  readonly #skippedMax: number;
  #values = 0;
  #skipped = 0;
  position = 0;
  /** How many arrays and objects are open at the position. */
  depth = 0;

  /** At most `skippedMax` values and keys are passed over: more would take seconds. */
  constructor(bytes: Uint8Array, skippedMax = 4_194_304) {
    this.#skippedMax = skippedMax;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // One byte order mark is tolerated, as RFC 8259 §8.1 allows.
    if (this.#text[0] === 0xef && this.#text[1] === 0xbb && this.#text[2] === 0xbf) this.position = 3;
  }

  /** The next byte that is not white space; −1 at the end. A call of isSpace for each would cost a tenth of all time. */
  peek(): number {
    for (;;) {
      const c = this.#text[this.position];
      if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) this.position++;
      else return c ?? -1;
    }
  }

  fail(expected: string): never {
    const c = this.#text[this.position] ?? -1;
    const found = c < 0 ? "the end" : c > space && c < 0x7f ? `"${String.fromCharCode(c)}"` : `byte ${c}`;
    const hint = wordHint(this.#text.toString("latin1", Math.max(0, this.position - 1), this.position + 8));
    throw new Problem("invalid_json", `expected ${expected} at byte ${this.position}, but found ${found}${hint}`);
  }

  /** Takes that byte if it is next. */
  take(c: string): boolean {
    if (this.peek() !== c.charCodeAt(0)) return false;
    this.position++;
    return true;
  }

  end(): void {
    if (this.peek() >= 0) this.fail("the end of the body");
  }

  /** An object: calls `member` with each key, which must read the value. */
  object(member: (key: string, at: number) => void): void {
    if (!this.take("{")) this.fail("an object");
    this.#enter();
    const keys = new Set<string>();
    if (!this.take("}")) {
      do {
        if (this.peek() !== quote) this.fail("a key");
        const at = this.position;
        const key = this.string();
        this.#count();
        if (keys.has(key)) throw new Problem("duplicate_key", `the key ${quoted(key)} at byte ${at} is there twice`);
        keys.add(key);
        if (!this.take(":")) this.fail('":"');
        member(key, at);
      } while (this.take(","));
      if (!this.take("}")) this.fail('"," or "}"');
    }
    this.depth--;
  }

  /** An array: calls `element` with each index, which must read the value. Returns the length. */
  array(element: (index: number) => void): number {
    if (!this.take("[")) this.fail("an array");
    this.#enter();
    let length = 0;
    if (!this.take("]")) {
      do element(length++);
      while (this.take(","));
      if (!this.take("]")) this.fail('"," or "]"');
    }
    this.depth--;
    return length;
  }

  #enter(): void {
    if (++this.depth <= depthMax) return;
    this.position--;
    this.failTooDeep();
  }

  /** Refuses the bracket at the position: one more than may be open. */
  failTooDeep(): never {
    throw new Problem("too_deep", `nested deeper than ${depthMax} levels at byte ${this.position}`);
  }

  string(): string {
    const start = this.position;
    let end = start + 1;
    let [plain, bits] = [true, 0];
    for (;;) {
      const c = this.#text[end];
      if (c === quote) break;
      if (c === undefined || c < 0x20) {
        this.position = end;
        this.fail("a string without control characters, closed by a quote");
      }
      if (c === backslash) {
        plain = false;
        end++;
      }
      bits |= c;
      end++;
    }
    this.position = end + 1;
    if (bits >= 0x80) checkText(this.#text.subarray(start, end), start);
    if (plain) return this.#slice(start + 1, end);
    try {
      return JSON.parse(this.#slice(start, end + 1)) as string;
    } catch {
      throw new Problem("invalid_json", `bad escape in the string at byte ${start}`);
    }
  }

  /** A number, as the double next to its text. */
  number(): number {
    const start = this.position;
    this.#passNumber();
    return this.#convert(start);
  }

  /** Moves behind a number; true if it may be too large for a double. */
  #passNumber(): boolean {
    const text = this.#text;
    const start = this.position;
    if (text[start] === 0x2d) this.position++;
    const first = this.position;
    if (text[first] === 0x30) this.position++;
    else this.#digits(first === start ? "a value" : "a digit");
    if (text[this.position] === 0x2e) {
      this.position++;
      this.#digits("a digit");
    }
    const c = text[this.position];
    if (c !== 0x65 && c !== 0x45) return this.position - start >= finiteLength;
    this.position++;
    const sign = text[this.position];
    if (sign === 0x2b || sign === 0x2d) this.position++;
    this.#digits("a digit");
    return true;
  }

  /** The position of the next quote; of the end if there is none. */
  findQuote(from: number): number {
    const found = this.#text.indexOf(quote, from);
    return found < 0 ? this.#text.length : found;
  }

  #digits(expected: string): void {
    const text = this.#text;
    const first = this.position;
    let at = first;
    while (text[at]! >= 0x30 && text[at]! <= 0x39) at++;
    this.position = at;
    if (at === first) this.fail(expected);
  }

  #convert(start: number): number {
    const shown = this.#text.toString("latin1", start, this.position);
    if (Number.isFinite(Number(shown))) return Number(shown);
    const short = shown.length > 24 ? `${shown.slice(0, 24)}…` : shown;
    throw new Problem("invalid_json", `the number ${short} at byte ${start} is beyond the largest double`);
  }

  #literal(): boolean | null {
    for (const [word, value] of literals) {
      if (this.#text.toString("latin1", this.position, this.position + word.length) !== word) continue;
      this.position += word.length;
      return value;
    }
    return this.fail("a value");
  }

  /** A value that is no array and no object; for an object, which is passed over, an empty Map. */
  leaf(): unknown {
    const c = this.peek();
    if (c === quote) return this.string();
    if (c === openBrace) {
      this.skip();
      return new Map();
    }
    return c === 0x74 || c === 0x66 || c === 0x6e ? this.#literal() : this.number();
  }

  #count(): void {
    if (++this.#skipped <= this.#skippedMax) return;
    throw new Problem("too_many_elements", `more than ${this.#skippedMax} values and keys at byte ${this.position}`);
  }

  /** Any value, checked and not kept. Throws a Problem (too_many_elements), too. */
  skip(): void {
    this.#count();
    const c = this.peek();
    if (c === openBracket) this.array(() => this.skip());
    else if (c === openBrace) this.object(() => this.skip());
    else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const start = this.position;
      if (this.#passNumber()) this.#convert(start);
    } else this.leaf();
  }

  /** Any value. Objects come as Maps, so that no key is special. */
  value(): unknown {
    if (++this.#values > plainValuesMax) {
      const detail = `more than ${plainValuesMax} values outside of tensors, at byte ${this.position}`;
      throw new Problem("too_many_elements", detail);
    }
    const c = this.peek();
    if (c === openBracket) {
      const items: unknown[] = [];
      this.array(() => items.push(this.value()));
      return items;
    }
    if (c === openBrace) {
      const members = new Map<string, unknown>();
      this.object((key) => members.set(key, this.value()));
      return members;
    }
    return this.leaf();
  }

  #slice(start: number, end: number): string {
    // Not by a TextDecoder: it refuses shared memory.
    return this.#text.toString("utf8", start, end);
  }
}
