import * as at from "../kernels/batch.ts";
import type { Output } from "../losses/schemas/reply_fields.ts";
import type { Batch, Tensor } from "./batch.ts";
import { withClassesBack } from "./class_axis.ts";
import type { Engine } from "./engine.ts";
import { parametersOf } from "./parameters.ts";
import type { Peers } from "./peers.ts";
import { ResidentTensor } from "./resident.ts";
import type { Layout } from "./shapes.ts";
import { ExampleWeights } from "./weights.ts";

/** A batch in the engine's memory, laid out as the kernels read it, and what they wrote for it. */
export class ResidentBatch {
  readonly address: number;
  /** How many examples there are. */
  readonly count: number;
  /** Whether the input is float32, and with it the results. */
  readonly float32: boolean;
  readonly weights: ExampleWeights;

  /** `kept` is 0 for an ignored example; absent where all are kept. */
  constructor(
    readonly engine: Engine,
    readonly batch: Batch,
    readonly layout: Layout,
    readonly kept: Uint8Array | undefined,
    readonly peers: Peers,
  ) {
    this.count = layout.examples;
    this.float32 = layout.input.data instanceof Float32Array;
    this.weights = new ExampleWeights(engine, batch.tensors, this.count, kept);
    this.address = this.#layDown();
  }

  /** Writes the batch into the engine's memory. */
  #layDown(): number {
    const { engine, layout } = this;
    const { tensors } = this.batch;
    const numbers = layout.input.data.length;
    const large = () => engine.claim(numbers * (this.float32 ? 4 : 8));
    const values: [number, number][] = [
      [at.EXAMPLES, this.count],
      [at.CLASSES, layout.classes],
      [at.LOGITS, engine.storeInput(layout.input).address],
      [at.FLOAT32, this.float32 ? 1 : 0],
      [layout.labelled === "labels" ? at.LABELS : at.LABEL_LOGITS, engine.store(layout.labels)],
      [at.DISTRIBUTIONS, layout.distributions ? 1 : 0],
      [at.KEEP, this.weights.keep],
      [at.SAMPLE_WEIGHTS, this.weights.sample],
      [at.CLASS_MASK, engine.storeBytes(tensors.class_mask?.data)],
      [at.CLASS_MASK_STRIDE, tensors.class_mask?.data.length === numbers ? layout.classes : 0],
      [at.CLASS_WEIGHTS, engine.store(tensors.class_weights)],
      [at.LOSSES, engine.claim(this.count * 8)],
      [at.GRADIENTS, large()],
      [at.PROBABILITIES, this.wants("probabilities") ? large() : 0],
      [at.SCRATCH, engine.allocate(this.float32 ? layout.classes * 40 + at.BATCH_BYTES : layout.classes * 16)],
    ];
    if (this.wants("decomposition")) {
      for (const term of [at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE]) {
        values.push([term, engine.allocateNumbers(this.count)]);
      }
    }
    const parameters = parametersOf(this.batch, layout.classes).map((value) =>
      typeof value === "number" ? value : engine.store({ shape: [value.length], data: value }),
    );
    const address = engine.allocate(at.BATCH_BYTES);
    const fields = engine.fields(address);
    for (const [field, value] of values) fields.setUint32(field, value, true);
    parameters.forEach((value, i) => {
      fields.setFloat64(at.PARAMETERS + 8 * i, value, true);
    });
    if (this.batch.options["normalize_labels"] === true && layout.distributions) engine.calls.normalise_labels(address);
    return address;
  }

  wants(output: Output): boolean {
    return this.batch.options.outputs.includes(output);
  }

  /** A field of the batch that holds a count or an address. */
  field(field: number): number {
    return this.engine.fields(this.address).getUint32(field, true);
  }

  /** The weighted mean of a field of one number an example. */
  mean(field: number, divisor: number): number {
    const sum = this.weights.sumOf(this.field(field), this.peers);
    return this.round(this.engine.calls.exact_sum_divide(sum, divisor));
  }

  /** A field of one number an example, in the request's datatype. Its doubles have to be summed by now. */
  perExample(field: number): ResidentTensor {
    const { engine, layout, count } = this;
    let address = this.field(field);
    if (this.float32) {
      const rounded = engine.allocate(count * 4);
      engine.calls.round_to_float32(address, count, rounded);
      address = rounded;
    }
    return new ResidentTensor(engine, address, layout.examplesShape, this.float32);
  }

  /** A field of one number for each of the input, as the caller has that. */
  perInput(field: number): Tensor {
    const { engine, layout } = this;
    const tensor = new ResidentTensor(engine, this.field(field), layout.input.shape, this.float32);
    return withClassesBack(engine, tensor, layout);
  }

  /** Numbers from outside the engine, one an example, in the request's datatype. */
  storeExamples(numbers: Float64Array): ResidentTensor {
    const data = this.float32 ? new Float32Array(numbers) : numbers;
    return this.engine.storeInput({ shape: this.layout.examplesShape, data });
  }

  /** A number of the reply in the request's datatype, −0 as 0. */
  round(value: number): number {
    return this.float32 ? Math.fround(value) + 0 : value;
  }
}
