import { readEngine } from "../files.ts";
import { Problem } from "../problems.ts";
import type { Tensor } from "./batch.ts";
import { ResidentTensor } from "./resident.ts";

type Kernel = (batch: number, from: number, to: number) => void;

/** What the WebAssembly module exports beside one function per loss. Addresses and counts are in bytes and elements. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  heap_base(): number;
  exact_sum_bytes(): number;
  exact_sum_add(sum: number, values: number, count: number): void;
  exact_sum_add_products(sum: number, values: number, weights: number, keep: number, count: number): void;
  exact_sum_round(sum: number): number;
  exact_sum_divide(sum: number, denominator: number): number;
  weigh(values: number, weights: number, keep: number, count: number, out: number): void;
  all_between(values: number, count: number, low: number, high: number): number;
  all_between_float32(values: number, count: number, low: number, high: number): number;
  all_apart(values: number, count: number, least: number, zeros: number): number;
  all_apart_float32(values: number, count: number): number;
  all_distributions(values: number, rows: number, classes: number, tolerance: number): number;
  count_nonfinite(values: number, count: number): number;
  count_nonfinite_float32(values: number, count: number): number;
  round_to_float32(values: number, count: number, out: number): void;
  divide(sum: number, denominator: number): number;
  label_weights(batch: number, out: number): void;
  normalise_labels(batch: number): void;
  sigmoid_probabilities(batch: number, from: number, to: number): void;
  given_probabilities(batch: number, from: number, to: number): void;
  count_byte(address: number, length: number, byte: number): number;
  read_tensor(record: number): number;
  write_tensor(record: number, out: number): number;
  decode_base64(text: number, length: number, out: number): number;
  encode_base64(bytes: number, length: number, out: number): number;
  scalar_exp(x: number): number;
  scalar_log(x: number): number;
  scalar_log1p(x: number): number;
  scalar_pow(x: number, y: number): number;
}

const pageBytes = 65536;

/** What an engine throws that is not to hold its thread: the batch takes longer than its numbers say. */
export class TakesLong extends Error {}

/** The WebAssembly engine of one thread, and its memory as an arena that is emptied between batches. */
export class Engine {
  readonly #exports: Exports;
  readonly #kernels: ReadonlyMap<string, Kernel>;
  readonly #base: number;
  #end: number;
  /** All of the memory, as what lies in it: a view a tensor would take longer than a small batch's kernel. */
  #all!: Buffer;
  #words!: Uint32Array;
  #doubles!: Float64Array;
  /** Whether the thread has others to serve, and what takes long is for another one. */
  isHurried = false;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module);
    this.#exports = exports as unknown as Exports;
    this.#kernels = new Map(
      Object.entries(exports).filter((entry): entry is [string, Kernel] => typeof entry[1] === "function"),
    );
    this.#base = (this.#exports.heap_base() + 15) & ~15;
    this.#end = this.#base;
    this.#view();
  }

  /** Memory that has grown is another object. */
  #view(): void {
    const { buffer } = this.#exports.memory;
    this.#all = Buffer.from(buffer);
    this.#words = new Uint32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** Compiles the engine beside this file's build output. */
  static load(): Engine {
    return new Engine(new WebAssembly.Module(readEngine()));
  }

  get calls(): Exports {
    return this.#exports;
  }

  /** Bytes that the engine holds on to. WebAssembly memory grows and never shrinks. */
  get memoryBytes(): number {
    return this.#all.length;
  }

  /** All bytes of the memory, until it grows. */
  get all(): Buffer {
    return this.#all;
  }

  kernel(name: string): Kernel | undefined {
    return this.#kernels.get(name);
  }

  /** Frees all that was allocated. */
  reset(): void {
    this.#end = this.#base;
  }

  /** The first free address, aligned to 16. */
  get free(): number {
    return this.#end;
  }

  /**
   * Makes the memory up to `end` exist. Views made before are detached if it grows. Throws a Problem (too_many_elements)
   * beyond what WebAssembly can address.
   */
  reach(end: number): void {
    const missing = end - this.memoryBytes;
    if (missing <= 0) return;
    try {
      this.#exports.memory.grow(Math.ceil(missing / pageBytes));
    } catch {
      throw new Problem("too_many_elements", "the request takes more memory than the engine can have");
    }
    this.#view();
  }

  /** Allocates what lies between the first free address and `end`: for data whose size is known when it is written. */
  keep(end: number): void {
    this.#end = Math.ceil(end / 16) * 16;
  }

  /** The address of that many bytes, aligned to 16, that hold anything: for what is about to be overwritten. */
  claim(bytes: number): number {
    const address = this.#end;
    const end = address + Math.ceil(bytes / 16) * 16;
    this.reach(end);
    this.#end = end;
    return address;
  }

  /** The address of that many zeroed bytes, aligned to 16. */
  allocate(bytes: number): number {
    const address = this.claim(bytes);
    this.#doubles.fill(0, address / 8, this.#end / 8);
    return address;
  }

  allocateNumbers(count: number): number {
    return this.allocate(count * 8);
  }

  /** Where a tensor's numbers lie as doubles: copied in if need be. 0, which the kernels read as "not given", for none. */
  store(tensor: Tensor | undefined): number {
    if (!tensor) return 0;
    if (tensor instanceof ResidentTensor && !tensor.float32) return tensor.address;
    const { length } = tensor.data;
    const address = this.claim(length * 8);
    this.numbers(address, length).set(tensor.data);
    return address;
  }

  /** Where a tensor's numbers lie as they are, doubles or float32. */
  storeInput(tensor: Tensor): ResidentTensor {
    if (tensor instanceof ResidentTensor) return tensor;
    const { shape, data } = tensor;
    const address = this.claim(data.byteLength);
    const resident = new ResidentTensor(this, address, shape, data instanceof Float32Array);
    resident.data.set(data);
    return resident;
  }

  storeBytes(data: ArrayLike<number> | undefined): number {
    if (!data) return 0;
    const address = this.allocate(data.length);
    this.#all.set(data, address);
    return address;
  }

  bytes(address: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#exports.memory.buffer, address, count);
  }

  words(address: number, count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#exports.memory.buffer, address, count);
  }

  numbers(address: number, count: number): Float64Array {
    return new Float64Array(this.#exports.memory.buffer, address, count);
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#exports.memory.buffer, address, count);
  }

  /** The 32-bit word at an address, which is a multiple of 4. */
  word(address: number): number {
    return this.#words[address / 4]!;
  }

  setWord(address: number, value: number): void {
    this.#words[address / 4] = value;
  }

  fillWords(address: number, count: number, value: number): void {
    this.#words.fill(value, address / 4, address / 4 + count);
  }

  /** The double at an address, which is a multiple of 8. */
  number(address: number): number {
    return this.#doubles[address / 8]!;
  }

  setNumber(address: number, value: number): void {
    this.#doubles[address / 8] = value;
  }

  /** The address of an exact sum of the numbers there, each times its weight where there are weights: not yet rounded. */
  sum(numbers: number, count: number, weights = 0, keep = 0): number {
    const sum = this.allocate(this.#exports.exact_sum_bytes());
    if (weights === 0 && keep === 0) this.#exports.exact_sum_add(sum, numbers, count);
    else this.#exports.exact_sum_add_products(sum, numbers, weights, keep, count);
    return sum;
  }
}
