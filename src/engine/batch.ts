import type { Loss } from "../losses/loss.ts";
import type { TensorName } from "../losses/tensor_names.ts";

/** A float32 input is computed in doubles, and its results are each rounded once to float32. */
export type Numbers = Float64Array | Float32Array;

/** Row-major numbers. Booleans are 1 and 0. A shape of [] is a single number. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

export type Tensors = Partial<Record<TensorName, Tensor>>;

export type Reduction = "mean" | "sum" | "none";
export type Output = "losses" | "gradients" | "decomposition" | "probabilities" | "accuracy";

/** The options of a request, defaults filled in; a loss's own stand beside the common ones. */
export interface Options {
  readonly reduction: Reduction;
  readonly mean_over: "count" | "weights" | number;
  readonly on_empty: "zero" | "error";
  readonly outputs: readonly Output[];
  readonly [name: string]: unknown;
}

/** What every wire format is turned into. */
export interface Batch {
  readonly loss: Loss;
  readonly tensors: Tensors;
  readonly options: Options;
  /** The names of the options that the caller, or a preset that it named, gave: a default is not a choice. */
  readonly given: ReadonlySet<string>;
  /** Whether the result is to carry its summands; not if it is absent. */
  readonly wantsSummands?: boolean;
}

/** cross_entropy = entropy + kl_divergence, one number each. */
export interface Parts<T> {
  readonly cross_entropy: T;
  readonly entropy: T;
  readonly kl_divergence: T;
}

/** Its tensors and losses are float32 where the input is; counts, weights and what a mean divides by are doubles. */
export interface BatchResult {
  readonly reduction: Reduction;
  /** The reduced loss; absent with reduction "none". */
  readonly loss?: number;
  /** Weighted, before the reduction. */
  readonly losses?: Tensor;
  /** The shape of the logits: the derivative of `loss`, or of each example's own loss with "sum" and "none". */
  readonly gradients?: Tensor;
  readonly gradientWrt: "logits" | "probabilities";
  readonly decomposition?: Parts<Tensor> & { readonly mean: Parts<number> };
  readonly probabilities?: Tensor;
  readonly accuracy?: { readonly correct: Tensor; readonly mean: number };
  /** What the mean divided by; absent without a mean. */
  readonly denominator?: number;
  readonly lossSum: number;
  readonly weightSum: number;
  /** What these two are the sums of, one number an example: for a sum over several batches that is rounded once. */
  readonly summands?: { readonly losses: Float64Array; readonly weights: Float64Array };
  readonly validCount: number;
  readonly ignoredCount: number;
  /** Infinities among the losses and gradients returned. */
  readonly nonfiniteCount: number;
}
