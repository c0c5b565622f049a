import type { Static } from "typebox";
import type { Numbers, Reduction } from "../engine/batch.ts";
import type { definitions } from "../losses/registry.generated.ts";
import type { DefaultOutput, Output, ReplyOf } from "../losses/schemas/reply_fields.ts";
import type { booleanTensors, numberTensors } from "../losses/schemas/tensor_names.ts";

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
    /** Which axis of the input holds the classes of a rowwise loss: the last (−1), unless a preset says otherwise. */
    readonly class_axis?: number;
  };

type OptionsOf<Name extends LossName> = Static<(typeof definitions)[Name]["options"]>;

/** The request of one loss: its own options stand beside the common fields. */
export type LossRequest<Name extends LossName, Input> = LossInput<Input> &
  Partial<Omit<OptionsOf<Name>, keyof OtherTensors>>;

type Reduced = "loss" | "denominator";

/** What is asked for is there, and nothing else; of outputs that are known at run time only, each may be. */
type AskedOf<Reply extends ReplyOf<unknown>, Outputs extends readonly Output[]> = number extends Outputs["length"]
  ? Pick<Reply, Output>
  : { readonly [Name in Outputs[number]]: NonNullable<Reply[Name]> };

/** "none" has no loss, and "mean" alone a denominator; of one that is known at run time only, each may be. */
type ReducedOf<Reply extends ReplyOf<unknown>, Chosen extends Reduction> = Reduction extends Chosen
  ? Pick<Reply, Reduced>
  : Chosen extends "mean"
    ? { readonly loss: number; readonly denominator: number }
    : Chosen extends "sum"
      ? { readonly loss: number }
      : unknown;

/**
 * The reply: the fields of the HTTP reply, as losses/reply_fields.ts describes them. Tensors own their memory. Which
 * fields are there follows from the request's `outputs` and `reduction`, where the compiler knows them.
 */
export type LossResult<
  Data extends Numbers,
  Outputs extends readonly Output[] = readonly Output[],
  Chosen extends Reduction = Reduction,
> = Omit<ReplyOf<Shaped<Data>>, Output | Reduced> &
  AskedOf<ReplyOf<Shaped<Data>>, Outputs> &
  ReducedOf<ReplyOf<Shaped<Data>>, Chosen>;

/** What of a request its result's type follows from. */
export interface Asked<Outputs extends readonly Output[], Chosen extends Reduction> {
  readonly outputs?: Outputs;
  readonly reduction?: Chosen;
}

export type DefaultOutputs = readonly [DefaultOutput];
