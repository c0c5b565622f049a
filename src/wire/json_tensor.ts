import type { Tensor } from "../engine/batch.ts";
import { type Fault, Problem } from "../problems.ts";
import type { JsonReader } from "./json_reader.ts";
import { show } from "./words.ts";

const nonfinite = new Map([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
]);

/** Counts the numbers of a body against the limit. */
export interface ElementBudget {
  left: number;
  readonly max: number;
}

/**
 * Reads nested arrays of numbers (or of booleans, as 1 and 0) of any rank into one row-major array. What is wrong with
 * shape or leaves goes to `faults`, at most one a tensor, and reading goes on: bad grammar further on comes first.
 */
export class TensorReader {
  readonly #reader: JsonReader;
  readonly #budget: ElementBudget;
  #data = new Float64Array(1024);
  #count = 0;
  #path: number[] = [];
  #shape: number[] = [];
  #rank = -1;
  #fault: Fault | undefined;

  constructor(reader: JsonReader, budget: ElementBudget) {
    this.#reader = reader;
    this.#budget = budget;
  }

  read(name: string, booleans: boolean, faults: Fault[]): Tensor {
    this.#count = 0;
    this.#path = [];
    this.#shape = [];
    this.#rank = -1;
    this.#fault = undefined;
    this.#value(booleans);
    const fault = this.#fault as Fault | undefined;
    if (fault) faults.push({ pointer: `/${name}${fault.pointer}`, detail: fault.detail });
    return { shape: this.#shape, data: this.#data.slice(0, this.#count) };
  }

  #complain(detail: string): void {
    this.#fault ??= { pointer: this.#path.map((index) => `/${index}`).join(""), detail };
  }

  #value(booleans: boolean): void {
    if (this.#reader.peek() === 0x5b) this.#array(booleans);
    else this.#leaf(booleans);
  }

  #array(booleans: boolean): void {
    const depth = this.#path.length;
    if (this.#rank >= 0 && depth >= this.#rank)
      this.#complain(`is an array, but the entries before are ${this.#word()}`);
    const known = this.#shape[depth];
    this.#path.push(0);
    const length = this.#reader.array((index) => {
      this.#path[depth] = index;
      this.#value(booleans);
    });
    this.#path.pop();
    // The first array of a depth sets its length; an empty one is as deep as the tensor goes.
    if (length === 0 && this.#rank < 0) this.#rank = depth + 1;
    if (length === 0 && this.#rank > depth + 1) this.#complain("is empty, but the rows before are not");
    if (known === undefined) this.#shape[depth] = length;
    else if (known !== length) this.#complain(`has length ${length}, but the rows before have length ${known}`);
  }

  #word(): string {
    return this.#rank === 0 ? "a single value" : "values";
  }

  #leaf(booleans: boolean): void {
    const value = this.#reader.leaf();
    const depth = this.#path.length;
    if (this.#rank < 0) this.#rank = depth;
    const number = typeof value === "string" ? nonfinite.get(value) : typeof value === "number" ? value : undefined;
    if (booleans && typeof value === "boolean") this.#push(value ? 1 : 0);
    else if (!booleans && number !== undefined) this.#push(number);
    else this.#complain(`is ${show(value)}, but must be ${booleans ? "true or false" : "a number"}`);
    if (depth !== this.#rank) this.#complain(`is ${show(value)}, but the entries before are arrays`);
  }

  #push(value: number): void {
    if (--this.#budget.left < 0) {
      throw new Problem("too_many_elements", `the body holds more than ${this.#budget.max} numbers (ELEMENTS_MAX)`);
    }
    if (this.#count === this.#data.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#count++] = value;
  }
}
