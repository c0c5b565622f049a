import { readFileSync } from "node:fs";
import { BATCH_BYTES } from "../kernels/batch.ts";

type Kernel = (batch: number, from: number, to: number) => void;

/** What the WebAssembly module exports beside one function per loss. Addresses and counts are in bytes and elements. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  heap_base(): number;
  exact_sum_bytes(): number;
  exact_sum_add(sum: number, values: number, count: number): void;
  exact_sum_round(sum: number): number;
  weigh(values: number, weights: number, keep: number, count: number, out: number): void;
  count_nonfinite(values: number, count: number): number;
  divide(sum: number, denominator: number): number;
  label_weights(batch: number, out: number): void;
  normalise_labels(batch: number): void;
  sigmoid_probabilities(batch: number, from: number, to: number): void;
  scalar_exp(x: number): number;
  scalar_log(x: number): number;
  scalar_log1p(x: number): number;
  scalar_pow(x: number, y: number): number;
}

const pageBytes = 65536;

/** The WebAssembly engine of one thread, and its memory as an arena that is emptied between batches. */
export class Engine {
  readonly #exports: Exports;
  readonly #kernels: ReadonlyMap<string, Kernel>;
  readonly #base: number;
  #end: number;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module);
    this.#exports = exports as unknown as Exports;
    this.#kernels = new Map(
      Object.entries(exports).filter((entry): entry is [string, Kernel] => typeof entry[1] === "function"),
    );
    this.#base = (this.#exports.heap_base() + 15) & ~15;
    this.#end = this.#base;
  }

  /** Compiles the engine beside this file's build output. */
  static load(): Engine {
    return new Engine(new WebAssembly.Module(readFileSync(new URL("../engine.wasm", import.meta.url))));
  }

  get calls(): Exports {
    return this.#exports;
  }

  /** Bytes that the engine holds on to. WebAssembly memory grows and never shrinks. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  kernel(name: string): Kernel | undefined {
    return this.#kernels.get(name);
  }

  /** Frees all that was allocated. */
  reset(): void {
    this.#end = this.#base;
  }

  /** The address of that many zeroed bytes, aligned to 16. Views made before are detached if the memory grows. */
  allocate(bytes: number): number {
    const address = this.#end;
    const end = address + Math.ceil(bytes / 16) * 16;
    const missing = end - this.memoryBytes;
    if (missing > 0) this.#exports.memory.grow(Math.ceil(missing / pageBytes));
    this.#end = end;
    new Uint8Array(this.#exports.memory.buffer, address, end - address).fill(0);
    return address;
  }

  allocateNumbers(count: number): number {
    return this.allocate(count * 8);
  }

  /** Copies numbers in; 0, which the kernels read as "not given", for none. */
  store(data: Float64Array | undefined): number {
    if (!data) return 0;
    const address = this.allocateNumbers(data.length);
    this.numbers(address, data.length).set(data);
    return address;
  }

  storeBytes(data: ArrayLike<number> | undefined): number {
    if (!data) return 0;
    const address = this.allocate(data.length);
    new Uint8Array(this.#exports.memory.buffer, address, data.length).set(data);
    return address;
  }

  numbers(address: number, count: number): Float64Array {
    return new Float64Array(this.#exports.memory.buffer, address, count);
  }

  /** A batch's fields by their byte offsets. Call it again after an allocation. */
  fields(batch: number): DataView {
    return new DataView(this.#exports.memory.buffer, batch, BATCH_BYTES);
  }

  /** The correctly rounded sum of the numbers there, whatever their order. */
  sum(address: number, count: number): number {
    const sum = this.allocate(this.#exports.exact_sum_bytes());
    this.#exports.exact_sum_add(sum, address, count);
    return this.#exports.exact_sum_round(sum);
  }
}
