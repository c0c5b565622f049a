import type { Loss } from "../losses/loss.ts";
import type { Output, ReplyOf } from "../losses/schemas/reply_fields.ts";
import type { TensorName } from "../losses/schemas/tensor_names.ts";

/** A float32 input is computed in doubles, and its results are each rounded once to float32. */
export type Numbers = Float64Array | Float32Array;

/** Row-major numbers. Booleans are 1 and 0. A shape of [] is a single number. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

export type Tensors = Partial<Record<TensorName, Tensor>>;

export type Reduction = BatchResult["reduction"];

/** The options of a request, defaults filled in; a loss's own stand beside the common ones. */
export interface Options {
  readonly reduction: Reduction;
  /** "first_axis", its length, is said by presets alone. */
  readonly mean_over: "count" | "weights" | "first_axis" | number;
  readonly on_empty: "zero" | "error";
  /** Rowwise: which axis of the input holds the classes, from the last if it is negative; the last if absent. */
  readonly class_axis?: number;
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
  /** Those of them that the caller gave. */
  readonly asked: ReadonlySet<string>;
  /** Whether the result is to carry its summands; not if it is absent. */
  readonly wantsSummands?: boolean;
}

/**
 * The fields of a reply. Tensors and numbers are float32 where the input is; counts, weights and what a mean divides by
 * are doubles.
 */
export type BatchResult = Present<ReplyOf<Tensor>> & {
  /**
   * What loss_sum and weight_sum are the sums of, one number an example: for a sum over several batches that is rounded
   * once.
   */
  readonly summands?: { readonly losses: Float64Array; readonly weights: Float64Array } | undefined;
};

/** The same fields; those that may be absent may be undefined as well. */
type Present<Fields> = {
  [Name in keyof Fields]: undefined extends Fields[Name] ? Fields[Name] | undefined : Fields[Name];
};
