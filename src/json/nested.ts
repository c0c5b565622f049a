import type { Tensor } from "../engine/batch.ts";
import { copyBytes } from "../engine/copy.ts";
import type { Engine } from "../engine/engine.ts";
import { ResidentTensor } from "../engine/resident.ts";
import * as at from "../kernels/text/layout.ts";
import { booleanHint, numberHint } from "../losses/hints/values.ts";
import { nonfinite } from "../losses/nonfinite.ts";
import { type Fault, Problem, show } from "../problems.ts";
import { depthMax, type JsonReader } from "./reader.ts";

/** Memory for numbers grows by a quarter of those that were read, within these bounds. */
const growthMin = 1 << 10;
const growthMax = 1 << 17;

/** A body in the engine's memory, and how many numbers it may still hold. */
export class BodyText {
  readonly engine: Engine;
  readonly address: number;
  readonly elementsMax: number;
  #left: number;

  /** Copies the body, and puts zeros behind it, which end it for the engine. */
  constructor(engine: Engine, body: Uint8Array, elementsMax: number) {
    this.engine = engine;
    this.elementsMax = elementsMax;
    this.#left = elementsMax;
    this.address = engine.claim(body.length + at.READ_SLACK);
    const end = this.address + body.length;
    copyBytes(body, engine.all, this.address);
    engine.all.fill(0, end, end + at.READ_SLACK);
  }

  get elementsLeft(): number {
    return this.#left;
  }

  /** Counts numbers against the limit. Throws a Problem (too_many_elements) beyond it. */
  spend(count: number): void {
    this.#left -= count;
    if (this.#left < 0) {
      throw new Problem("too_many_elements", `the body holds more than ${this.elementsMax} numbers (ELEMENTS_MAX)`);
    }
  }
}

/**
 * Reads nested arrays of numbers (or of booleans, as 1 and 0) of any rank into the engine's memory, where it reads them.
 * What is wrong with shape or leaves is a fault, at most one a tensor; bad grammar further on comes first.
 */
export class NestedReader {
  readonly #reader: JsonReader;
  readonly #text: BodyText;
  readonly #address: number;
  #booleans = false;
  #fault: Fault | undefined;

  constructor(reader: JsonReader, text: BodyText) {
    this.#reader = reader;
    this.#text = text;
    this.#address = text.engine.claim(at.READ_BYTES);
  }

  /**
   * The tensor at the reader's position, which moves behind it, or what is wrong with it: the pointer goes from the tensor
   * on. `levelsMax` brackets may be open: where that is less than the reader allows, one more is a fault.
   */
  read(booleans: boolean, levelsMax = depthMax): Tensor | Fault {
    const start = this.#reader.position;
    const { engine } = this.#text;
    const values = engine.free;
    const levelsLeft = depthMax - this.#reader.depth;
    this.#booleans = booleans;
    this.#fault = undefined;
    this.#begin(values, Math.min(levelsMax, levelsLeft));
    for (;;) {
      const found = engine.calls.read_tensor(this.#address);
      if (found === at.READ_DONE) break;
      if (found === at.READ_FULL) this.#grow(values);
      else if (found === at.READ_LEAF) this.#leaf();
      else if (found === at.READ_TOO_DEEP && levelsMax < levelsLeft) this.#complain("is an array, but must be a value");
      else this.#refuse(found);
      if (this.#fault) return this.#passOver(start, this.#fault);
    }
    const out = this.#get(at.READ_OUT);
    this.#reader.position = this.#get(at.READ_POSITION) - this.#text.address;
    engine.keep(out);
    this.#text.spend((out - values) / 8);
    const shape: number[] = [];
    for (let level = 0; level < this.#get(at.READ_RANK); level++) shape.push(this.#get(at.READ_SHAPE + 4 * level));
    return new ResidentTensor(engine, values, shape, false);
  }

  #begin(values: number, levelsMax: number): void {
    const { engine, address } = this.#text;
    engine.reach(values);
    this.#set(at.READ_POSITION, address + this.#reader.position);
    this.#set(at.READ_OUT, values);
    this.#set(at.READ_OUT_END, values);
    this.#set(at.READ_DEPTH, 0);
    this.#set(at.READ_DEPTH_MAX, levelsMax);
    this.#set(at.READ_RANK, at.UNKNOWN);
    this.#set(at.READ_BOOLEANS, this.#booleans ? 1 : 0);
    this.#set(at.READ_AFTER, 0);
    this.#set(at.READ_INDEX, 0);
    engine.fillWords(this.#address + at.READ_SHAPE, at.LEVELS, at.UNKNOWN);
  }

  /** Memory for more numbers, as far as the limit allows. */
  #grow(values: number): void {
    const out = this.#get(at.READ_OUT);
    const read = (out - values) / 8;
    const left = this.#text.elementsLeft - read;
    if (left <= 0) this.#text.spend(read + 1);
    const end = out + 8 * Math.min(left, Math.max(growthMin, Math.min(Math.floor(read / 4), growthMax)));
    this.#text.engine.reach(end);
    this.#set(at.READ_OUT_END, end);
  }

  /** Reads a value that the engine leaves to this reader (a hard number, a word with escapes), and stores its number. */
  #leaf(): void {
    const { engine, address } = this.#text;
    this.#reader.position = this.#get(at.READ_POSITION) - address;
    const value = this.#reader.leaf();
    const number = typeof value === "string" ? nonfinite.get(value) : value;
    if (this.#booleans ? typeof value !== "boolean" : typeof number !== "number") {
      if (this.#booleans) this.#complain(`is ${show(value)}, but must be true or false`, booleanHint(value));
      else this.#complain(`is ${show(value)}, but must be a number`, numberHint(value));
    } else if (this.#get(at.READ_DEPTH) !== this.#get(at.READ_RANK)) {
      this.#complain(`is ${show(value)}, but the entries before are arrays`);
    }
    if (this.#fault) return;
    const out = this.#get(at.READ_OUT);
    engine.setNumber(out, Number(number));
    this.#set(at.READ_OUT, out + 8);
    this.#set(at.READ_POSITION, address + this.#reader.position);
    this.#set(at.READ_AFTER, 1);
  }

  #refuse(found: number): void {
    const depth = this.#get(at.READ_DEPTH);
    if (found === at.READ_ARRAY) this.#complain("is an array, but the entries before are values");
    else if (found === at.READ_EMPTY) this.#complain("is empty, but the rows before are not");
    else if (found === at.READ_RAGGED) {
      const [length, known] = [this.#get(at.READ_LENGTH), this.#get(at.READ_SHAPE + 4 * depth)];
      // The fault is at the closing bracket, which the engine has passed.
      this.#set(at.READ_POSITION, this.#get(at.READ_POSITION) - 1);
      this.#complain(`has length ${length}, but the rows before have length ${known}`);
    } else {
      // Bad grammar, or too deep: the reader has the messages for both.
      this.#reader.position = this.#get(at.READ_POSITION) - this.#text.address;
      if (found === at.READ_TOO_DEEP) this.#reader.failTooDeep();
      this.#reader.fail('"," or "]"');
    }
  }

  #complain(detail: string, hint = ""): void {
    const depth = this.#get(at.READ_DEPTH);
    const path = Array.from({ length: depth }, (_, level) => `/${this.#get(at.READ_INDEX + 4 * level)}`);
    const byte = this.#get(at.READ_POSITION) - this.#text.address;
    this.#fault = { pointer: path.join(""), detail: `${detail}, at byte ${byte}${hint && `: ${hint}`}` };
  }

  /** Checks the grammar of the rest of the tensor: bad grammar is refused before any fault. */
  #passOver(start: number, fault: Fault): Fault {
    this.#reader.position = start;
    this.#reader.skip();
    return fault;
  }

  #get(field: number): number {
    return this.#text.engine.word(this.#address + field);
  }

  #set(field: number, value: number): void {
    this.#text.engine.setWord(this.#address + field, value);
  }
}
