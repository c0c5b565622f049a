// The engine's memory with a canary around every buffer: whatever a kernel writes elsewhere shows.
import { readFileSync } from "node:fs";

/** All ones: as a double it is NaN, so that a kernel which reads past a buffer is likely to show it in its answer. */
const canary = 0xff;
/** Bytes of memory: larger than any batch that is drawn. */
const pages = 16;
/** How far behind the last buffer a stray write is looked for after every call; further behind, after every `wide`th. */
const reach = 4096;
const wide = 128;

export type Call = (...values: number[]) => number;

/** What the arena is made of; wasm's own types are the browser library's. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly [name: string]: unknown;
}

export class GuardedMemory {
  readonly calls: ReadonlyMap<string, Call>;
  readonly #bytes: Uint8Array;
  /** What the memory must hold outside of the buffers that a call may write. */
  readonly #expected: Uint8Array;
  readonly #base: number;
  #writable: [number, number][] = [];
  #end: number;
  #checks = 0;

  constructor(engine: URL) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(engine)));
    const { memory, ...rest } = exports as Exports;
    this.calls = new Map(
      Object.entries(rest).filter((entry): entry is [string, Call] => typeof entry[1] === "function"),
    );
    memory.grow(pages - memory.buffer.byteLength / 65536);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#base = this.calls.get("heap_base")!();
    this.#end = this.#bytes.length;
    this.#expected = this.#bytes.slice();
    this.clear();
  }

  /** Makes everything above the engine's constants a canary again. */
  clear(): void {
    const end = Math.min(this.#end + reach, this.#bytes.length);
    this.#bytes.fill(canary, this.#base, end);
    this.#expected.fill(canary, this.#base, end);
    this.#writable = [];
    this.#end = this.#base;
  }

  /** The address of that many bytes, 8-aligned and now and then not 16-aligned, with canaries on both sides. */
  allocate(bytes: number, gap: number): number {
    const address = ((this.#end + 15) & ~7) + 8 * gap;
    this.#end = address + bytes;
    if (this.#end + reach > this.#bytes.length) throw new Error(`a batch of more than ${this.#bytes.length} bytes`);
    return address;
  }

  /** Copies data in, for a call to read. */
  place(data: Float64Array | Float32Array | Uint8Array, gap: number): number {
    const address = this.allocate(data.byteLength, gap);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#bytes.set(bytes, address);
    this.#expected.set(bytes, address);
    return address;
  }

  /** Lets the next call write these bytes. */
  allow(address: number, bytes: number): void {
    if (address !== 0) this.#writable.push([address, address + bytes]);
  }

  /** A copy of the numbers there. */
  numbers(address: number, count: number): Float64Array {
    return new Float64Array(this.#bytes.slice(address, address + 8 * count).buffer);
  }

  /** A copy of the float32 numbers there. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#bytes.slice(address, address + 4 * count).buffer);
  }

  word(address: number): number {
    return new DataView(this.#bytes.buffer).getUint32(address, true);
  }

  copy(address: number, bytes: number): Uint8Array {
    return this.#bytes.slice(address, address + bytes);
  }

  /** The characters there, one a byte. */
  text(address: number, bytes: number): string {
    return Buffer.from(this.copy(address, bytes)).toString("latin1");
  }

  /** The address of the first byte that changed and was not to; undefined if none did. What was allowed is no longer. */
  findStrayWrite(): number | undefined {
    for (const [from, to] of this.#writable) this.#expected.set(this.#bytes.subarray(from, to), from);
    this.#writable = [];
    const end = this.#checks++ % wide === 0 ? this.#bytes.length : Math.min(this.#end + reach, this.#bytes.length);
    const is = this.#bytes.subarray(0, end),
      was = this.#expected.subarray(0, end);
    if (Buffer.compare(is, was) === 0) return undefined;
    return is.findIndex((byte, i) => byte !== was[i]);
  }
}
