import { Problem } from "../problems.ts";
import type { Tensors } from "./batch.ts";
import type { Engine } from "./engine.ts";
import type { Peers } from "./peers.ts";

/** What examples count: their sample weights times the class weights of their labels; 1 where there are none, 0 if ignored. */
export class ExampleWeights {
  readonly #engine: Engine;
  readonly #tensors: Tensors;
  readonly #count: number;
  /** The addresses of sample weights and of 1 or 0 an example; 0 where there are none. */
  readonly sample: number;
  readonly keep: number;

  constructor(engine: Engine, tensors: Tensors, count: number, kept: Uint8Array | undefined) {
    this.#engine = engine;
    this.#tensors = tensors;
    this.#count = count;
    this.keep = engine.storeBytes(kept);
    this.sample = engine.store(tensors.sample_weights);
  }

  /** The address of the exact sum of an example's number times its sample weight, over all parts of the batch. */
  sumOf(numbers: number, peers: Peers): number {
    const sum = this.#engine.sum(numbers, this.#count, this.sample, this.keep);
    peers.combine(this.#engine, sum);
    return sum;
  }

  /**
   * The sum over kept examples, all parts of the batch; undefined where every one of them has 1. `batch`: its address.
   * Throws a Problem (invalid_request) where no double can hold it.
   */
  sum(batch: number, peers: Peers): number | undefined {
    const { sample_weights, class_weights } = this.#tensors;
    if (!sample_weights && !class_weights) return undefined;
    const { calls } = this.#engine;
    const sum = this.#engine.sum(...this.#factors(batch), this.keep);
    peers.combine(this.#engine, sum);
    const rounded = calls.exact_sum_round(sum);
    const pointer = sample_weights ? "/sample_weights" : "/class_weights";
    if (rounded === Number.POSITIVE_INFINITY)
      throw Problem.of([{ pointer, detail: "their sum is beyond the doubles" }]);
    // Over the least double it is what a double can hold, unless it is 0.
    if (rounded === 0 && calls.exact_sum_divide(sum, Number.MIN_VALUE) > 0) {
      throw Problem.of([{ pointer, detail: "their sum is above 0, but too small for a double" }]);
    }
    return rounded;
  }

  /** The products, one an example. */
  products(batch: number): Float64Array {
    const [numbers, , weights] = this.#factors(batch);
    const products = this.#engine.allocateNumbers(this.#count);
    this.#engine.calls.weigh(numbers, weights, this.keep, this.#count, products);
    return this.#engine.numbers(products, this.#count).slice();
  }

  /** Addresses of numbers an example, their count, and of what they are to be multiplied by. */
  #factors(batch: number): [number, number, number] {
    const engine = this.#engine;
    const { sample_weights, class_weights } = this.#tensors;
    if (sample_weights && !class_weights) return [this.sample, this.#count, 0];
    const numbers = engine.allocateNumbers(this.#count);
    if (class_weights) engine.calls.label_weights(batch, numbers);
    else engine.numbers(numbers, this.#count).fill(1);
    return [numbers, this.#count, this.sample];
  }
}
