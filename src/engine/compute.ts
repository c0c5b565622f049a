import * as at from "../kernels/batch.ts";
import { type Fault, Problem } from "../problems.ts";
import { findCorrect } from "./accuracy.ts";
import type { Batch, BatchResult, Output, Parts, Tensor } from "./batch.ts";
import { checkNumbers, findKept } from "./checks.ts";
import type { Engine } from "./engine.ts";
import { parametersOf } from "./parameters.ts";
import { ResidentTensor } from "./resident.ts";
import { type Layout, layOut } from "./shapes.ts";

/**
 * Losses, gradients and what else the batch asks for. Throws a Problem (invalid_request) that names every fault it
 * found. The tensors returned lie in the engine's memory: whoever begins with the next batch resets the engine.
 */
export function compute(engine: Engine, batch: Batch): BatchResult {
  const layout = layOut(batch);
  if (Array.isArray(layout)) throw Problem.of(layout);
  const kept = findKept(batch, layout);
  const faults = [...checkOptions(batch), ...checkNumbers(batch, layout, kept)];
  if (faults.length > 0) throw Problem.of(faults);
  return new Computation(engine, batch, layout, kept).run();
}

/** What options say together. */
function checkOptions({ loss, tensors, options, given }: Batch): Fault[] {
  const faults: Fault[] = [];
  if (options.reduction === "mean" && (tensors.sample_weights || tensors.class_weights) && !given.has("mean_over")) {
    const detail =
      'is required when a mean meets sample_weights or class_weights: "count" divides by the number of kept examples, "weights" by the sum of their weights, a number by itself; a preset chooses for you';
    faults.push({ pointer: "/mean_over", detail });
  }
  if (tensors.probabilities && given.has("temperature")) {
    faults.push({ pointer: "/temperature", detail: "goes with logits only: probabilities are taken as they are" });
  }
  options.outputs.forEach((output, i) => {
    const missing =
      (output === "decomposition" && !loss.supports.decomposition) ||
      (output === "accuracy" && !loss.supports.accuracy) ||
      (output === "probabilities" && loss.activation === "identity");
    if (missing) faults.push({ pointer: `/outputs/${i}`, detail: `is "${output}", which ${loss.name} does not have` });
  });
  return faults;
}

class Computation {
  readonly #keep: number;
  readonly #weights: number;
  readonly #address: number;
  readonly #count: number;
  readonly #float32: boolean;

  constructor(
    readonly engine: Engine,
    readonly batch: Batch,
    readonly layout: Layout,
    readonly kept: Uint8Array | undefined,
  ) {
    this.#count = layout.examples;
    this.#float32 = layout.input.data instanceof Float32Array;
    this.#keep = engine.storeBytes(kept);
    this.#weights = engine.store(batch.tensors.sample_weights);
    this.#address = this.#layDown();
  }

  /** Writes the batch into the engine's memory. */
  #layDown(): number {
    const { engine, layout } = this;
    const { tensors } = this.batch;
    const numbers = layout.input.data.length;
    const large = () => engine.claim(numbers * (this.#float32 ? 4 : 8));
    const values: [number, number][] = [
      [at.EXAMPLES, this.#count],
      [at.CLASSES, layout.classes],
      [at.LOGITS, engine.storeInput(layout.input).address],
      [at.FLOAT32, this.#float32 ? 1 : 0],
      [at.LABELS, engine.store(layout.labels)],
      [at.DISTRIBUTIONS, layout.distributions ? 1 : 0],
      [at.KEEP, this.#keep],
      [at.SAMPLE_WEIGHTS, this.#weights],
      [at.CLASS_MASK, engine.storeBytes(tensors.class_mask?.data)],
      [at.CLASS_MASK_STRIDE, tensors.class_mask?.data.length === numbers ? layout.classes : 0],
      [at.CLASS_WEIGHTS, engine.store(tensors.class_weights)],
      [at.LOSSES, engine.claim(this.#count * 8)],
      [at.GRADIENTS, large()],
      [at.PROBABILITIES, this.#wants("probabilities") ? large() : 0],
      [at.SCRATCH, engine.allocate(this.#float32 ? layout.classes * 40 + at.BATCH_BYTES : layout.classes * 16)],
    ];
    if (this.#wants("decomposition")) {
      for (const part of [at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE]) {
        values.push([part, engine.allocateNumbers(this.#count)]);
      }
    }
    const address = engine.allocate(at.BATCH_BYTES);
    const fields = engine.fields(address);
    for (const [field, value] of values) fields.setUint32(field, value, true);
    parametersOf(this.batch).forEach((value, i) => {
      fields.setFloat64(at.PARAMETERS + 8 * i, value, true);
    });
    if (this.batch.options["normalize_labels"] === true && layout.distributions) engine.calls.normalise_labels(address);
    return address;
  }

  #wants(output: Output): boolean {
    return this.batch.options.outputs.includes(output);
  }

  #field(field: number): number {
    return this.engine.fields(this.#address).getUint32(field, true);
  }

  run(): BatchResult {
    const { engine, layout } = this;
    const { options } = this.batch;
    const validCount = this.kept ? this.kept.reduce((sum, kept) => sum + kept, 0) : this.#count;
    const weightSum = this.#sumOfWeights();
    const divisor = this.#divisor(validCount, weightSum);
    const denominator = options.reduction === "mean" ? divisor : 1;
    if (denominator === 0 && options.on_empty === "error") {
      throw Problem.of([{ pointer: "", detail: 'nothing to average: the denominator is 0, and on_empty is "error"' }]);
    }
    if (divisor === Number.POSITIVE_INFINITY) {
      throw Problem.of([{ pointer: "/mean_over", detail: 'is "weights", and their sum is beyond the doubles' }]);
    }
    engine.fields(this.#address).setFloat64(at.DENOMINATOR, denominator, true);
    this.#runKernels();
    const lossSum = engine.sum(this.#field(at.LOSSES), this.#count);
    const losses = this.#perExample(at.LOSSES);
    const outputs = {
      ...(this.#wants("losses") && { losses: this.#tensor(losses, layout.examplesShape) }),
      ...(this.#wants("gradients") && { gradients: this.#tensor(this.#field(at.GRADIENTS), layout.input.shape) }),
      ...(this.#wants("decomposition") && { decomposition: this.#decomposition(divisor) }),
      ...(this.#wants("probabilities") && {
        probabilities: this.#tensor(this.#field(at.PROBABILITIES), layout.input.shape),
      }),
      ...(this.#wants("accuracy") && { accuracy: this.#accuracy(validCount) }),
    };
    return {
      reduction: options.reduction,
      ...(options.reduction !== "none" && { loss: this.#round(engine.calls.divide(lossSum, denominator)) }),
      ...outputs,
      gradientWrt: layout.given,
      ...(options.reduction === "mean" && { denominator }),
      lossSum: this.#round(lossSum),
      weightSum,
      validCount,
      ignoredCount: this.#count - validCount,
      nonfiniteCount: this.#countNonfinite(losses),
    };
  }

  #runKernels(): void {
    const { engine, layout, batch } = this;
    const name = layout.given === "logits" ? batch.loss.name : `${batch.loss.name}_given_probabilities`;
    const kernel = engine.kernel(name);
    if (!kernel) throw new Error(`the engine has no kernel ${name}`);
    kernel(this.#address, 0, this.#count);
    // A rowwise kernel fills these as it goes, because it has the row's exponentials at hand.
    if (layout.rowwise) return;
    if (this.#wants("decomposition")) engine.kernel(`${name}_decomposition`)?.(this.#address, 0, this.#count);
    if (!this.#wants("probabilities")) return;
    if (layout.given === "logits") engine.calls.sigmoid_probabilities(this.#address, 0, this.#count);
    else engine.calls.given_probabilities(this.#address, 0, this.#count);
  }

  /** Σ s_i·c_i over the kept examples. */
  #sumOfWeights(): number {
    const { engine } = this;
    const weights = engine.allocateNumbers(this.#count);
    if (this.batch.tensors.class_weights) engine.calls.label_weights(this.#address, weights);
    else engine.numbers(weights, this.#count).fill(1);
    engine.calls.weigh(weights, this.#weights, this.#keep, this.#count, weights);
    return engine.sum(weights, this.#count);
  }

  /** What a mean divides by. */
  #divisor(validCount: number, weightSum: number): number {
    const { mean_over } = this.batch.options;
    if (mean_over === "count") return validCount;
    return mean_over === "weights" ? weightSum : mean_over;
  }

  #decomposition(divisor: number): NonNullable<BatchResult["decomposition"]> {
    const tensor = (field: number) => this.#tensor(this.#perExample(field), this.layout.examplesShape);
    const tensors: Parts<Tensor> = {
      cross_entropy: tensor(at.CROSS_ENTROPY),
      entropy: tensor(at.ENTROPY),
      kl_divergence: tensor(at.KL_DIVERGENCE),
    };
    const mean: Parts<number> = {
      cross_entropy: this.#mean(at.CROSS_ENTROPY, divisor),
      entropy: this.#mean(at.ENTROPY, divisor),
      kl_divergence: this.#mean(at.KL_DIVERGENCE, divisor),
    };
    return { ...tensors, mean };
  }

  /** The weighted mean of one number an example. */
  #mean(field: number, divisor: number): number {
    const { engine } = this;
    const weighted = engine.allocateNumbers(this.#count);
    engine.calls.weigh(this.#field(field), this.#weights, this.#keep, this.#count, weighted);
    return this.#round(engine.calls.divide(engine.sum(weighted, this.#count), divisor));
  }

  #accuracy(validCount: number): NonNullable<BatchResult["accuracy"]> {
    const correct = findCorrect(this.batch, this.layout, this.kept);
    const hits = correct.reduce((sum, hit) => sum + hit, 0);
    return {
      correct: this.engine.storeInput({
        shape: this.layout.examplesShape,
        data: this.#float32 ? new Float32Array(correct) : correct,
      }),
      mean: this.#round(this.engine.calls.divide(hits, validCount)),
    };
  }

  /** Where a result of one number an example lies in the request's datatype: its doubles have been summed by now. */
  #perExample(field: number): number {
    const { engine } = this;
    if (!this.#float32) return this.#field(field);
    const rounded = engine.allocate(this.#count * 4);
    engine.calls.round_to_float32(this.#field(field), this.#count, rounded);
    return rounded;
  }

  #tensor(address: number, shape: readonly number[]): Tensor {
    return new ResidentTensor(this.engine, address, shape, this.#float32);
  }

  /** A number of the reply in the request's datatype, −0 as 0. */
  #round(value: number): number {
    return this.#float32 ? Math.fround(value) + 0 : value;
  }

  #countNonfinite(losses: number): number {
    const { calls } = this.engine;
    const count = this.#float32 ? calls.count_nonfinite_float32 : calls.count_nonfinite;
    const numbers = this.layout.input.data.length;
    const gradients = this.#wants("gradients") ? count(this.#field(at.GRADIENTS), numbers) : 0;
    return gradients + (this.#wants("losses") ? count(losses, this.#count) : 0);
  }
}
