import type { Numbers, Tensor } from "./batch.ts";

/** Where numbers lie by their addresses: an engine's memory. */
export interface Memory {
  floats(address: number, count: number): Float32Array;
  numbers(address: number, count: number): Float64Array;
}

/** A tensor whose numbers lie in an engine's memory, until the engine is reset. */
export class ResidentTensor implements Tensor {
  readonly #memory: Memory;
  readonly #length: number;
  #view: Numbers;
  readonly address: number;
  readonly shape: readonly number[];
  readonly float32: boolean;

  constructor(memory: Memory, address: number, shape: readonly number[], float32: boolean) {
    this.#memory = memory;
    this.#length = shape.reduce((product, dimension) => product * dimension, 1);
    this.address = address;
    this.shape = shape;
    this.float32 = float32;
    // One without a number keeps it, and its kind says the answer's datatype.
    this.#view = float32 ? new Float32Array(0) : new Float64Array(0);
  }

  /** A view, void after the next allocation: memory that grows detaches views, and a detached one has length 0. */
  get data(): Numbers {
    if (this.#view.length !== this.#length) {
      this.#view = this.float32
        ? this.#memory.floats(this.address, this.#length)
        : this.#memory.numbers(this.address, this.#length);
    }
    return this.#view;
  }

  /** The same numbers in another shape of as many. */
  reshaped(shape: readonly number[]): ResidentTensor {
    return new ResidentTensor(this.#memory, this.address, shape, this.float32);
  }
}
