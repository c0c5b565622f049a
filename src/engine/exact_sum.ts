import type { Engine } from "./engine.ts";

/**
 * A sum of doubles that is exact whatever their number and order, and is rounded once, in the engine's form
 * (kernels/numerics/exact_sum.ts): 32 bits of it in each 64-bit chunk, so that two sums are added chunk by chunk.
 */
export class ExactSum {
  #chunks: BigInt64Array | undefined;

  /** The chunks: they can cross a thread's boundary. */
  get chunks(): BigInt64Array {
    return this.#chunks ?? new BigInt64Array();
  }

  /** Adds the numbers of all these arrays. Empties the engine's memory. */
  addNumbers(engine: Engine, arrays: readonly Float64Array[]): void {
    engine.reset();
    const sum = engine.allocate(engine.calls.exact_sum_bytes());
    for (const numbers of arrays) {
      engine.calls.exact_sum_add(sum, engine.store({ shape: [numbers.length], data: numbers }), numbers.length);
    }
    // Rounding carries: chunks stay small, and 2³¹ of such sums can be added.
    engine.calls.exact_sum_round(sum);
    this.addChunks(readChunks(engine, sum));
  }

  addChunks(chunks: BigInt64Array): void {
    if (chunks.length === 0) return;
    this.#chunks ??= new BigInt64Array(chunks.length);
    for (const [i, chunk] of chunks.entries()) this.#chunks[i]! += chunk;
  }

  /** The sum, rounded once to nearest, ties to even. Empties the engine's memory. */
  round(engine: Engine): number {
    engine.reset();
    const sum = engine.allocate(engine.calls.exact_sum_bytes());
    chunksAt(engine, sum).set(this.chunks);
    return engine.calls.exact_sum_round(sum);
  }
}

function chunksAt(engine: Engine, address: number): BigInt64Array {
  return new BigInt64Array(engine.calls.memory.buffer, address, engine.calls.exact_sum_bytes() / 8);
}

function readChunks(engine: Engine, address: number): BigInt64Array {
  return chunksAt(engine, address).slice();
}
