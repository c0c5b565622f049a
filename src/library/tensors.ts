import type { Numbers, Tensor } from "../engine/batch.ts";
import { type Fault, faultIn } from "../problems.ts";
import type { NumberArray, Shaped } from "./types.ts";

/**
 * Reads a tensor in any of its forms into row-major numbers, or says what is wrong with it, and where. A flat
 * Float32Array stays float32, all else becomes doubles. The numbers are copies.
 */
export function readTensor(name: string, value: unknown, booleans: boolean): Tensor | Fault {
  if (isShaped(value)) return readShaped(name, value, booleans);
  const reader = new ArrayReader(booleans);
  reader.read(value, 0);
  const { fault } = reader;
  return fault ? faultIn(`/${name}`, fault) : reader.tensor();
}

export function isFault(value: Tensor | Fault): value is Fault {
  return "pointer" in value;
}

function isShaped(value: unknown): value is Shaped<unknown> {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}

/** A view of numbers: a DataView is one of bytes. */
function isNumberArray(value: unknown): value is NumberArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function doubles(data: NumberArray): Float64Array {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return new Float64Array(data);
}

function readShaped(name: string, { shape, data }: Shaped<unknown>, booleans: boolean): Tensor | Fault {
  const isSize = (size: unknown) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    return { pointer: `/${name}/shape`, detail: "must be a list of whole numbers, at least 0" };
  }
  const reader = new ArrayReader(booleans);
  reader.read(data, 0);
  if (reader.fault) return faultIn(`/${name}/data`, reader.fault);
  const flat = reader.tensor();
  const size = shape.reduce((product: number, length: number) => product * length, 1);
  if (flat.shape.length !== 1) return { pointer: `/${name}/data`, detail: "must be one flat array" };
  if (flat.data.length !== size) {
    const detail = `is [${shape.join(", ")}], which is ${size} in all, but data has ${flat.data.length}`;
    return { pointer: `/${name}/shape`, detail };
  }
  return { shape: [...shape], data: flat.data };
}

/** Nested arrays of one shape, whose innermost may be typed. */
class ArrayReader {
  readonly #booleans: boolean;
  readonly #rows: Numbers[] = [];
  #values: number[] = [];
  #shape: number[] = [];
  #rank = -1;
  #path: number[] = [];
  fault: Fault | undefined;

  constructor(booleans: boolean) {
    this.#booleans = booleans;
  }

  read(value: unknown, depth: number): void {
    if (this.fault) return;
    if (isNumberArray(value)) this.#row(value, depth);
    else if (Array.isArray(value)) this.#array(value, depth);
    else this.#leaf(value, depth);
  }

  tensor(): Tensor {
    this.#flush();
    const [only] = this.#rows;
    if (only && this.#rows.length === 1) return { shape: this.#shape, data: only };
    const data = new Float64Array(this.#rows.reduce((length, row) => length + row.length, 0));
    let at = 0;
    for (const row of this.#rows) {
      data.set(row, at);
      at += row.length;
    }
    return { shape: this.#shape, data };
  }

  #row(row: NumberArray, depth: number): void {
    if (this.#booleans && !(row instanceof Uint8Array && row.every((byte) => byte <= 1))) {
      this.#complain("must hold booleans, or 0 and 1 in a Uint8Array");
    }
    this.#enter(row.length, depth);
    this.#end(depth + 1);
    this.#flush();
    this.#rows.push(depth === 0 && row instanceof Float32Array ? row.slice() : doubles(row));
  }

  #array(items: readonly unknown[], depth: number): void {
    this.#enter(items.length, depth);
    if (items.length === 0) this.#end(depth + 1);
    for (let i = 0; i < items.length; i++) {
      this.#path[depth] = i;
      this.read(items[i], depth + 1);
    }
    this.#path.length = depth;
  }

  #leaf(value: unknown, depth: number): void {
    this.#end(depth);
    if (typeof value !== (this.#booleans ? "boolean" : "number")) {
      this.#complain(`is ${shown(value)}, but must be ${this.#booleans ? "true or false" : "a number"}`);
    }
    this.#values.push(Number(value));
  }

  /** The first array of a depth sets its length. */
  #enter(length: number, depth: number): void {
    const known = this.#shape[depth];
    if (this.#rank >= 0 && depth >= this.#rank) this.#complain("is an array, but the entries before are not");
    else if (known === undefined) this.#shape[depth] = length;
    else if (known !== length) this.#complain(`has length ${length}, but the rows before have length ${known}`);
  }

  /** The first value sets how deep values lie. */
  #end(depth: number): void {
    if (this.#rank < 0) this.#rank = depth;
    else if (this.#rank !== depth) this.#complain("is not nested as deep as the entries before");
  }

  #complain(detail: string): void {
    this.fault ??= { pointer: this.#path.map((index) => `/${index}`).join(""), detail };
  }

  #flush(): void {
    if (this.#values.length > 0) this.#rows.push(Float64Array.from(this.#values));
    this.#values = [];
  }
}

/** A value as an error shows it: its kind, and itself where it is short. */
function shown(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}
