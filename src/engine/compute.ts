import * as at from "../kernels/batch.ts";
import { isPerClass } from "../losses/loss.ts";
import { type Fault, Problem } from "../problems.ts";
import { findCorrect } from "./accuracy.ts";
import type { Batch, BatchResult, Output, Parts, Tensor } from "./batch.ts";
import { checkNumbers, findKept } from "./checks.ts";
import type { Engine } from "./engine.ts";
import { type Layout, layOut, sizeOf } from "./shapes.ts";

/**
 * Losses, gradients and what else the batch asks for. Throws a Problem (invalid_request) that names every fault it
 * found. The tensors returned are copies: the engine is free for the next batch.
 */
export function compute(engine: Engine, batch: Batch): BatchResult {
  const layout = layOut(batch);
  if (Array.isArray(layout)) throw Problem.of(layout);
  const kept = findKept(batch, layout);
  const faults = [...checkOptions(batch, layout), ...checkNumbers(batch, layout, kept)];
  if (faults.length > 0) throw Problem.of(faults);
  engine.reset();
  return new Computation(engine, batch, layout, kept).run();
}

/** What options say together. */
function checkOptions({ loss, tensors, options, given }: Batch, { classes }: Layout): Fault[] {
  const faults: Fault[] = [];
  if (options.reduction === "mean" && (tensors.sample_weights || tensors.class_weights) && !given.has("mean_over")) {
    const detail =
      'is required when a mean meets sample_weights or class_weights: "count" divides by the number of kept examples, "weights" by the sum of their weights, a number by itself; a preset chooses for you';
    faults.push({ pointer: "/mean_over", detail });
  }
  if (tensors.probabilities && given.has("temperature")) {
    faults.push({ pointer: "/temperature", detail: "goes with logits only: probabilities are taken as they are" });
  }
  for (const name of loss.parameters) {
    const value = options[name];
    // Without rows there is no number of classes to match.
    if (classes === 0 || !Array.isArray(value) || value.length === classes) continue;
    faults.push({ pointer: `/${name}`, detail: `has ${value.length} numbers, but the rows have ${classes} classes` });
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

/** One number a class, of a list or of one number for all. */
function perClass(value: unknown, classes: number): Float64Array {
  return typeof value === "number" ? new Float64Array(classes).fill(value) : Float64Array.from(value as number[]);
}

class Computation {
  readonly #keep: number;
  readonly #weights: number;
  readonly #address: number;
  readonly #count: number;

  constructor(
    readonly engine: Engine,
    readonly batch: Batch,
    readonly layout: Layout,
    readonly kept: Uint8Array | undefined,
  ) {
    this.#count = layout.examples;
    this.#keep = engine.storeBytes(kept);
    this.#weights = engine.store(batch.tensors.sample_weights?.data);
    this.#address = this.#layDown();
  }

  /** Writes the batch into the engine's memory. */
  #layDown(): number {
    const { engine, layout } = this;
    const { tensors } = this.batch;
    const numbers = layout.input.data.length;
    const values: [number, number][] = [
      [at.EXAMPLES, this.#count],
      [at.CLASSES, layout.classes],
      [at.LOGITS, engine.store(layout.input.data)],
      [layout.labelled === "labels" ? at.LABELS : at.LABEL_LOGITS, engine.store(layout.labels.data)],
      [at.DISTRIBUTIONS, layout.distributions ? 1 : 0],
      [at.KEEP, this.#keep],
      [at.SAMPLE_WEIGHTS, this.#weights],
      [at.CLASS_MASK, engine.storeBytes(tensors.class_mask?.data)],
      [at.CLASS_MASK_STRIDE, tensors.class_mask?.data.length === numbers ? layout.classes : 0],
      [at.CLASS_WEIGHTS, engine.store(tensors.class_weights?.data)],
      [at.LOSSES, engine.allocateNumbers(this.#count)],
      [at.GRADIENTS, engine.allocateNumbers(numbers)],
      [at.PROBABILITIES, this.#wants("probabilities") ? engine.allocateNumbers(numbers) : 0],
      // A row's target, and a byte a class that says whether it exists.
      [at.SCRATCH, engine.allocate(layout.classes * 9)],
    ];
    if (this.#wants("decomposition")) {
      for (const part of [at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE]) {
        values.push([part, engine.allocateNumbers(this.#count)]);
      }
    }
    const parameters = this.#parameters();
    const address = engine.allocate(at.BATCH_BYTES);
    const fields = engine.fields(address);
    for (const [field, value] of values) fields.setUint32(field, value, true);
    parameters.forEach((value, i) => {
      fields.setFloat64(at.PARAMETERS + 8 * i, value, true);
    });
    if (this.batch.options["normalize_labels"] === true && layout.distributions) engine.calls.normalise_labels(address);
    return address;
  }

  #wants(output: Output): boolean {
    return this.batch.options.outputs.includes(output);
  }

  /** The loss's own options as numbers. */
  #parameters(): number[] {
    const { loss, options } = this.batch;
    return loss.parameters.map((name) => {
      const value = options[name];
      const schema: { enum?: readonly unknown[] } = loss.options.properties[name] ?? {};
      if (value === undefined) return -1;
      if (isPerClass(schema)) return this.engine.store(perClass(value, this.layout.classes));
      if (typeof value === "string") return schema.enum?.indexOf(value) ?? -1;
      return Number(value);
    });
  }

  #field(field: number): number {
    return this.engine.fields(this.#address).getUint32(field, true);
  }

  run(): BatchResult {
    const { engine, layout } = this;
    const { options } = this.batch;
    const validCount = this.kept ? this.kept.reduce((sum, kept) => sum + kept, 0) : this.#count;
    const weights = this.#keptWeights();
    const weightSum = engine.sum(weights, this.#count);
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
    const outputs = {
      ...(this.#wants("losses") && { losses: this.#tensor(at.LOSSES, layout.examplesShape) }),
      ...(this.#wants("gradients") && { gradients: this.#tensor(at.GRADIENTS, layout.input.shape) }),
      ...(this.#wants("decomposition") && { decomposition: this.#decomposition(divisor) }),
      ...(this.#wants("probabilities") && { probabilities: this.#tensor(at.PROBABILITIES, layout.input.shape) }),
      ...(this.#wants("accuracy") && { accuracy: this.#accuracy(validCount) }),
    };
    return {
      reduction: options.reduction,
      ...(options.reduction !== "none" && { loss: engine.calls.divide(lossSum, denominator) }),
      ...outputs,
      gradientWrt: layout.given,
      ...(options.reduction === "mean" && { denominator }),
      lossSum,
      weightSum,
      ...(this.batch.wantsSummands && { summands: this.#summands(weights) }),
      validCount,
      ignoredCount: this.#count - validCount,
      nonfiniteCount: this.#countNonfinite(),
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
    else engine.calls.weigh(this.#field(at.LOGITS), 0, this.#keep, this.#count, this.#field(at.PROBABILITIES));
  }

  /** The address of s_i·c_i, and of 0 for an example that is not kept. */
  #keptWeights(): number {
    const { engine } = this;
    const weights = engine.allocateNumbers(this.#count);
    if (this.batch.tensors.class_weights) engine.calls.label_weights(this.#address, weights);
    else engine.numbers(weights, this.#count).fill(1);
    engine.calls.weigh(weights, this.#weights, this.#keep, this.#count, weights);
    return weights;
  }

  #summands(weights: number): NonNullable<BatchResult["summands"]> {
    const copy = (address: number) => this.engine.numbers(address, this.#count).slice();
    return { losses: copy(this.#field(at.LOSSES)), weights: copy(weights) };
  }

  /** What a mean divides by. */
  #divisor(validCount: number, weightSum: number): number {
    const { mean_over } = this.batch.options;
    if (mean_over === "count") return validCount;
    return mean_over === "weights" ? weightSum : mean_over;
  }

  #decomposition(divisor: number): NonNullable<BatchResult["decomposition"]> {
    const { examplesShape } = this.layout;
    const tensors: Parts<Tensor> = {
      cross_entropy: this.#tensor(at.CROSS_ENTROPY, examplesShape),
      entropy: this.#tensor(at.ENTROPY, examplesShape),
      kl_divergence: this.#tensor(at.KL_DIVERGENCE, examplesShape),
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
    return engine.calls.divide(engine.sum(weighted, this.#count), divisor);
  }

  #accuracy(validCount: number): NonNullable<BatchResult["accuracy"]> {
    const correct = findCorrect(this.batch, this.layout, this.kept);
    const hits = correct.reduce((sum, hit) => sum + hit, 0);
    return {
      correct: { shape: this.layout.examplesShape, data: correct },
      mean: this.engine.calls.divide(hits, validCount),
    };
  }

  #tensor(field: number, shape: readonly number[]): Tensor {
    return { shape, data: this.engine.numbers(this.#field(field), sizeOf(shape)).slice() };
  }

  #countNonfinite(): number {
    const { calls } = this.engine;
    const losses = this.#wants("losses") ? calls.count_nonfinite(this.#field(at.LOSSES), this.#count) : 0;
    const numbers = this.layout.input.data.length;
    return losses + (this.#wants("gradients") ? calls.count_nonfinite(this.#field(at.GRADIENTS), numbers) : 0);
  }
}
