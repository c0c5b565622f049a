import * as at from "../kernels/batch.ts";
import type { Output } from "../losses/schemas/reply_fields.ts";
import type { Batch, Tensor } from "./batch.ts";
import { withClassesBack } from "./class_axis.ts";
import type { Engine } from "./engine.ts";
import { parametersOf } from "./parameters.ts";
import type { Peers } from "./peers.ts";
import { countOf, isFloat32, ResidentTensor } from "./resident.ts";
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
    this.float32 = isFloat32(layout.input);
    this.weights = new ExampleWeights(engine, batch.tensors, this.count, kept);
    this.address = this.#layDown();
  }

  /** Writes the batch into the engine's memory. */
  #layDown(): number {
    const { engine, layout, batch, count, float32 } = this;
    const { tensors, options } = batch;
    const numbers = countOf(layout.input);
    const largeBytes = numbers * (float32 ? 4 : 8);
    const logits = engine.storeInput(layout.input).address;
    const labels = engine.store(layout.labels);
    const mask = engine.storeBytes(tensors.class_mask?.data);
    const classWeights = engine.store(tensors.class_weights);
    const losses = engine.claim(count * 8);
    const gradients = engine.claim(largeBytes);
    const probabilities = this.wants("probabilities") ? engine.claim(largeBytes) : 0;
    const scratch = engine.allocate(float32 ? layout.classes * 40 + at.BATCH_BYTES : layout.classes * 16);
    const terms = this.wants("decomposition") ? engine.allocateNumbers(3 * count) : 0;
    const parameters = parametersOf(batch, layout.classes).map((value) =>
      typeof value === "number" ? value : engine.store({ shape: [value.length], data: value }),
    );
    const address = engine.allocate(at.BATCH_BYTES);
    engine.setWord(address + at.EXAMPLES, count);
    engine.setWord(address + at.CLASSES, layout.classes);
    engine.setWord(address + at.LOGITS, logits);
    engine.setWord(address + at.FLOAT32, float32 ? 1 : 0);
    engine.setWord(address + (layout.labelled === "labels" ? at.LABELS : at.LABEL_LOGITS), labels);
    engine.setWord(address + at.DISTRIBUTIONS, layout.distributions ? 1 : 0);
    engine.setWord(address + at.KEEP, this.weights.keep);
    engine.setWord(address + at.SAMPLE_WEIGHTS, this.weights.sample);
    engine.setWord(address + at.CLASS_MASK, mask);
    const isMaskOfRows = tensors.class_mask !== undefined && countOf(tensors.class_mask) === numbers;
    engine.setWord(address + at.CLASS_MASK_STRIDE, isMaskOfRows ? layout.classes : 0);
    engine.setWord(address + at.CLASS_WEIGHTS, classWeights);
    engine.setWord(address + at.LOSSES, losses);
    engine.setWord(address + at.GRADIENTS, gradients);
    engine.setWord(address + at.PROBABILITIES, probabilities);
    engine.setWord(address + at.SCRATCH, scratch);
    if (terms !== 0) {
      engine.setWord(address + at.CROSS_ENTROPY, terms);
      engine.setWord(address + at.ENTROPY, terms + 8 * count);
      engine.setWord(address + at.KL_DIVERGENCE, terms + 16 * count);
    }
    for (let i = 0; i < parameters.length; i++) engine.setNumber(address + at.PARAMETERS + 8 * i, parameters[i]!);
    if (options["normalize_labels"] === true && layout.distributions) engine.calls.normalise_labels(address);
    return address;
  }

  wants(output: Output): boolean {
    return this.batch.options.outputs.includes(output);
  }

  /** A field of the batch that holds a count or an address. */
  field(field: number): number {
    return this.engine.word(this.address + field);
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
