import type { Numbers, Tensor } from "./batch.ts";

/** Where numbers lie by their addresses: an engine's memory. */
export interface Memory {
  floats(address: number, count: number): Float32Array;
  numbers(address: number, count: number): Float64Array;
}

/** A tensor without a number has one of these, and its kind says the answer's datatype. */
const noFloats = new Float32Array(0);
const noNumbers = new Float64Array(0);

/** A tensor whose numbers lie in an engine's memory, until the engine is reset. */
export class ResidentTensor implements Tensor {
  readonly #memory: Memory;
  #view: Numbers;
  readonly address: number;
  readonly shape: readonly number[];
  readonly float32: boolean;
  /** How many numbers there are. */
  readonly count: number;

  constructor(memory: Memory, address: number, shape: readonly number[], float32: boolean) {
    this.#memory = memory;
    this.address = address;
    this.shape = shape;
    this.float32 = float32;
    let count = 1;
    for (const dimension of shape) count *= dimension;
    this.count = count;
    this.#view = float32 ? noFloats : noNumbers;
  }

  /** A view, void after the next allocation: memory that grows detaches views, and a detached one has length 0. */
  get data(): Numbers {
    if (this.#view.length !== this.count) {
      this.#view = this.float32
        ? this.#memory.floats(this.address, this.count)
        : this.#memory.numbers(this.address, this.count);
    }
    return this.#view;
  }

  /** The same numbers in another shape of as many. */
  reshaped(shape: readonly number[]): ResidentTensor {
    return new ResidentTensor(this.#memory, this.address, shape, this.float32);
  }
}

/** Whether a tensor is float32, without a view of it. */
export function isFloat32(tensor: Tensor): boolean {
  return tensor instanceof ResidentTensor ? tensor.float32 : tensor.data instanceof Float32Array;
}

/** How many numbers a tensor has, without a view of it. */
export function countOf(tensor: Tensor): number {
  return tensor instanceof ResidentTensor ? tensor.count : tensor.data.length;
}
