import type { Static } from "typebox";
import type { Numbers, Output, Parts, Reduction } from "../engine/batch.ts";
import type { definitions } from "../losses/registry.generated.ts";
import type { booleanTensors, numberTensors } from "../losses/tensor_names.ts";

/** A loss by its own name. */
export type LossName = keyof typeof definitions;

type Float64Numbers =
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export type NumberArray = Float64Numbers | Float32Array;

export type NestedNumbers = number | NumberArray | readonly NestedNumbers[];
export type NestedBooleans = boolean | readonly NestedBooleans[];

/** Row-major numbers in one array, with their shape: [] for a single number. */
export interface Shaped<Data> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** Numbers of any shape: nested arrays, one typed array as a vector, or a flat one with its shape. */
export type NumberTensor = NestedNumbers | Shaped<NumberArray | readonly number[]>;
/** Booleans of any shape. In a Uint8Array 0 is false and 1 is true. */
export type BooleanTensor = NestedBooleans | Uint8Array | Shaped<Uint8Array | readonly boolean[]>;

export type Float32Tensor = Float32Array | Shaped<Float32Array>;
export type Float64Tensor =
  | number
  | Float64Numbers
  | readonly NestedNumbers[]
  | Shaped<Float64Numbers | readonly number[]>;

type InputName = "logits" | "probabilities";
type TargetName = "labels" | "label_logits";
type OtherTensors = {
  readonly [Name in Exclude<(typeof numberTensors)[number], InputName | TargetName>]?: NumberTensor;
} & { readonly [Name in (typeof booleanTensors)[number]]?: BooleanTensor };

/** What every loss is asked with: the fields of the HTTP body, by the same names. */
export type LossInput<Input> = ({ readonly logits: Input } | { readonly probabilities: Input }) &
  ({ readonly labels: NumberTensor } | { readonly label_logits: NumberTensor }) &
  OtherTensors & {
    readonly reduction?: Reduction;
    readonly mean_over?: "count" | "weights" | number;
    readonly on_empty?: "zero" | "error";
    readonly outputs?: readonly Output[];
  };

type OptionsOf<Name extends LossName> = Static<(typeof definitions)[Name]["options"]>;

/** The request of one loss: its own options stand beside the common fields. */
export type LossRequest<Name extends LossName, Input> = LossInput<Input> &
  Partial<Omit<OptionsOf<Name>, keyof OtherTensors>>;

/** The reply, by the names of the HTTP reply. Tensors own their memory. */
export interface LossResult<Data extends Numbers> {
  /** The reduced loss; absent with reduction "none". */
  readonly loss?: number;
  /** One an example: weighted, before the reduction. */
  readonly losses?: Shaped<Data>;
  /** The shape of the input: the derivative of `loss`, or of each example's own with "sum" and "none". */
  readonly gradients?: Shaped<Data>;
  /** There when probabilities were given instead of logits. */
  readonly gradient_wrt?: "probabilities";
  /** cross_entropy = entropy + kl_divergence, an example each and their weighted means. */
  readonly decomposition?: Parts<Shaped<Data>> & { readonly mean: Parts<number> };
  readonly probabilities?: Shaped<Data>;
  /** 1 or 0 an example, and the mean over the kept ones. */
  readonly accuracy?: { readonly correct: Shaped<Data>; readonly mean: number };
  readonly reduction: Reduction;
  /** What the mean divided by; absent without a mean. */
  readonly denominator?: number;
  readonly loss_sum: number;
  readonly weight_sum: number;
  readonly valid_count: number;
  readonly ignored_count: number;
  /** Infinities among the losses and gradients returned. */
  readonly nonfinite_count: number;
}
