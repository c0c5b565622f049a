import type { Loss } from "../../losses/loss.ts";

/** What a submission claims, and what is right: row-major numbers. An output that is absent was not given. */
export interface Numbers extends LinearGradients {
  readonly loss?: number;
  /** One an example. */
  readonly losses?: Float64Array;
  /** Examples × classes. */
  readonly gradients?: Float64Array;
}

/** The gradients of a linear model, logits = inputs·weights + bias, with l2·Σ weights² added to its loss. */
export interface LinearGradients {
  /** Features × classes. */
  readonly gradients_weights?: Float64Array;
  /** Classes. */
  readonly gradients_bias?: Float64Array;
  /** Examples × features. */
  readonly gradients_inputs?: Float64Array;
}

export type LinearOutput = keyof LinearGradients;
export type OutputName = keyof Numbers;
export const linearOutputs: readonly LinearOutput[] = ["gradients_weights", "gradients_bias", "gradients_inputs"];
export const outputNames: readonly OutputName[] = ["loss", "losses", "gradients", ...linearOutputs];

/** The model that a case's logits come from: row-major. */
export interface LinearModel {
  readonly features: number;
  /** Examples × features. */
  readonly inputs: Float64Array;
  /** Features × classes. */
  readonly weights: Float64Array;
  readonly biased: boolean;
  /** Classes; zeros where there is none. */
  readonly bias: Float64Array;
  readonly l2: number;
}

/** One example of a case, as wrong formulas read it. */
export interface Row {
  /** The logits of the example: one for an elementwise loss. */
  readonly z: Float64Array;
  /** Rowwise: the effective target, class weights and label smoothing included. Elementwise: the label. */
  readonly t: Float64Array;
  /** Rowwise: the label's class, or the first greatest of a distribution. Elementwise: the label. */
  readonly y: number;
  /** Rowwise: the label as a distribution, before weights and smoothing. */
  readonly label: Float64Array;
  /** The weights of the classes, where there are such. */
  readonly weights: Float64Array | undefined;
  /** What the label's class weights come to: 1 without class weights. */
  readonly classWeight: number;
  readonly kept: boolean;
}

/** One case as plain numbers, with its right answer. */
export interface Sample {
  readonly id: string;
  readonly loss: Loss;
  /** The loss's own options and the common ones, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The shape of the logits as the caller has them. */
  readonly shape: readonly number[];
  /** Where that has the classes, which `rows` and numbers have last; the last axis for elementwise losses. */
  readonly classAxis: number;
  readonly examples: number;
  /** 1 for elementwise losses. */
  readonly classes: number;
  readonly rows: readonly Row[];
  /** Whether labels are class indices. */
  readonly indexed: boolean;
  /** Sample weights: ones where there are none. An ignored example has 0. */
  readonly weights: Float64Array;
  /** What the loss was divided by: 1 unless the reduction is a mean. */
  readonly denominator: number;
  /** The sum of the weights, class weights included, of the kept examples. */
  readonly weightSum: number;
  readonly validCount: number;
  readonly right: Right;
  /** Where the logits come from a linear model: the model, and what is right without its regularisation. */
  readonly linear?: { readonly model: LinearModel; readonly unregularised: Right };
}

export type Right = Numbers & Required<Pick<Numbers, "losses" | "gradients">>;

/** A number among the options; NaN where it is none. */
export function numberOption({ options }: Sample, name: string): number {
  const value = options[name];
  return typeof value === "number" ? value : Number.NaN;
}
