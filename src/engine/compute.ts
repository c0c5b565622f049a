import * as at from "../kernels/batch.ts";
import type { Output } from "../losses/reply_fields.ts";
import { Problem } from "../problems.ts";
import { findCorrect } from "./accuracy.ts";
import type { Batch, BatchResult, Tensor } from "./batch.ts";
import { checkNumbers, findKept } from "./checks.ts";
import { withClassesBack, withClassesLast } from "./class_axis.ts";
import type { Engine } from "./engine.ts";
import { checkOptions } from "./option_checks.ts";
import { parametersOf } from "./parameters.ts";
import { alone, type Peers } from "./peers.ts";
import { ResidentTensor } from "./resident.ts";
import { type Layout, layOut } from "./shapes.ts";

/**
 * Losses, gradients and what else the batch asks for. Throws a Problem (invalid_request) that names every fault it
 * found. The tensors returned lie in the engine's memory: whoever begins with the next batch resets the engine. Where
 * the batch is one part of several, its sums and counts are those of all of them, and its tensors its own.
 */
export function compute(engine: Engine, batch: Batch, peers = alone): BatchResult {
  const layout = layOut(batch);
  if (Array.isArray(layout)) throw Problem.of(layout);
  const last = withClassesLast(engine, batch, layout);
  const kept = findKept(last.batch, last.layout);
  const faults = [...checkOptions(batch, layout), ...checkNumbers(engine, last.batch, last.layout, kept)];
  if (faults.length > 0) throw Problem.of(faults);
  return new Computation(engine, last.batch, last.layout, kept, peers).run();
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
    readonly peers: Peers,
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
      [layout.labelled === "labels" ? at.LABELS : at.LABEL_LOGITS, engine.store(layout.labels)],
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
      for (const term of [at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE]) {
        values.push([term, engine.allocateNumbers(this.#count)]);
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

  #wants(output: Output): boolean {
    return this.batch.options.outputs.includes(output);
  }

  #field(field: number): number {
    return this.engine.fields(this.#address).getUint32(field, true);
  }

  run(): BatchResult {
    const { engine, layout, peers } = this;
    const { options } = this.batch;
    const keptHere = this.kept ? this.kept.reduce((sum, kept) => sum + kept, 0) : this.#count;
    const firstAxisHere = layout.shape[0] ?? 1;
    const [validCount, count, firstAxis] = peers.totals(keptHere, this.#count, firstAxisHere) as [
      number,
      number,
      number,
    ];
    const weights = this.#keptWeights();
    const weightSum = weights === undefined ? validCount : peers.sum(engine, weights, this.#count);
    const divisor = this.#divisor(validCount, weightSum, firstAxis);
    const denominator = options.reduction === "mean" ? divisor : 1;
    if (denominator === 0 && options.on_empty === "error") {
      throw Problem.of([{ pointer: "", detail: 'nothing to average: the denominator is 0, and on_empty is "error"' }]);
    }
    if (divisor === Number.POSITIVE_INFINITY) {
      throw Problem.of([{ pointer: "/mean_over", detail: 'is "weights", and their sum is beyond the doubles' }]);
    }
    engine.fields(this.#address).setFloat64(at.DENOMINATOR, denominator, true);
    this.#runKernels();
    const lossSum = peers.sum(engine, this.#field(at.LOSSES), this.#count);
    const losses = this.#perExample(at.LOSSES);
    const outputs = {
      ...(this.#wants("losses") && { losses: this.#tensor(losses, layout.examplesShape) }),
      ...(this.#wants("gradients") && { gradients: this.#large(at.GRADIENTS) }),
      ...(this.#wants("decomposition") && { decomposition: this.#decomposition(divisor) }),
      ...(this.#wants("probabilities") && { probabilities: this.#large(at.PROBABILITIES) }),
      ...(this.#wants("accuracy") && { accuracy: this.#accuracy(validCount) }),
    };
    return {
      reduction: options.reduction,
      ...(options.reduction !== "none" && { loss: this.#round(engine.calls.divide(lossSum, denominator)) }),
      ...outputs,
      ...(layout.given === "probabilities" && { gradient_wrt: layout.given }),
      ...(options.reduction === "mean" && { denominator }),
      loss_sum: this.#round(lossSum),
      weight_sum: weightSum,
      ...(this.batch.wantsSummands && { summands: this.#summands(weights) }),
      valid_count: validCount,
      ignored_count: count - validCount,
      nonfinite_count: peers.totals(this.#countNonfinite(losses))[0]!,
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

  /** The address of s_i·c_i, and of 0 for an example that is not kept. Undefined where every kept example has 1. */
  #keptWeights(): number | undefined {
    const { engine } = this;
    const { sample_weights, class_weights } = this.batch.tensors;
    if (!sample_weights && !class_weights) return undefined;
    const weights = engine.allocateNumbers(this.#count);
    if (class_weights) engine.calls.label_weights(this.#address, weights);
    else engine.numbers(weights, this.#count).fill(1);
    engine.calls.weigh(weights, this.#weights, this.#keep, this.#count, weights);
    return weights;
  }

  #summands(weights: number | undefined): NonNullable<BatchResult["summands"]> {
    const copy = (address: number) => this.engine.numbers(address, this.#count).slice();
    const ones = () => Float64Array.from({ length: this.#count }, (_, i) => this.kept?.[i] ?? 1);
    return { losses: copy(this.#field(at.LOSSES)), weights: weights === undefined ? ones() : copy(weights) };
  }

  /** What a mean divides by. */
  #divisor(validCount: number, weightSum: number, firstAxis: number): number {
    const { mean_over } = this.batch.options;
    if (mean_over === "count") return validCount;
    if (mean_over === "first_axis") return firstAxis;
    return mean_over === "weights" ? weightSum : mean_over;
  }

  #decomposition(divisor: number): NonNullable<BatchResult["decomposition"]> {
    const tensor = (field: number) => this.#tensor(this.#perExample(field), this.layout.examplesShape);
    return {
      cross_entropy: tensor(at.CROSS_ENTROPY),
      entropy: tensor(at.ENTROPY),
      kl_divergence: tensor(at.KL_DIVERGENCE),
      mean: {
        cross_entropy: this.#mean(at.CROSS_ENTROPY, divisor),
        entropy: this.#mean(at.ENTROPY, divisor),
        kl_divergence: this.#mean(at.KL_DIVERGENCE, divisor),
      },
    };
  }

  /** The weighted mean of one number an example. */
  #mean(field: number, divisor: number): number {
    const { engine } = this;
    const weighted = engine.allocateNumbers(this.#count);
    engine.calls.weigh(this.#field(field), this.#weights, this.#keep, this.#count, weighted);
    return this.#round(engine.calls.divide(this.peers.sum(engine, weighted, this.#count), divisor));
  }

  #accuracy(validCount: number): NonNullable<BatchResult["accuracy"]> {
    const correct = findCorrect(this.batch, this.layout, this.kept);
    const [hits] = this.peers.totals(correct.reduce((sum, hit) => sum + hit, 0)) as [number];
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

  /** A result of one number for each of the input, as the caller has that. */
  #large(field: number): Tensor {
    return withClassesBack(this.engine, this.#tensor(this.#field(field), this.layout.input.shape), this.layout);
  }

  #tensor(address: number, shape: readonly number[]): ResidentTensor {
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
