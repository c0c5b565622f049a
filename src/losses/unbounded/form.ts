// A loss for the few examples whose steps leave the doubles though their results, after all factors, do not.
import type { Unbounded } from "../../unbounded/number.ts";

/** One example, its numbers exact. */
export interface UnboundedExample {
  /** Logits, or probabilities: one for an elementwise loss, one a class for a row; undefined for a class that does not exist. */
  readonly input: readonly (Unbounded | undefined)[];
  /** The label of an element, as 1 and −1 where the loss takes those; of a row its label's class, or the heaviest. */
  readonly y: number;
  /** The label of a row as masses of the classes. */
  readonly target: readonly Unbounded[];
  /** Instead of the target, a teacher's logits. */
  readonly teacher: readonly (Unbounded | undefined)[] | undefined;
  readonly classWeights: readonly Unbounded[] | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Before sample weights and the denominator. What has lost its digits in a difference is undefined. */
export interface UnboundedAnswer {
  readonly loss: Unbounded | undefined;
  /** One for each of the input. */
  readonly gradients: readonly (Unbounded | undefined)[];
  readonly entropy?: Unbounded;
  readonly divergence?: Unbounded | undefined;
}

export interface UnboundedForm {
  /** The factors among the options: what multiplies results. None, if that is absent. */
  readonly factors?: (options: Readonly<Record<string, unknown>>) => readonly number[];
  readonly ofLogits: (example: UnboundedExample) => UnboundedAnswer;
  readonly ofProbabilities?: (example: UnboundedExample) => UnboundedAnswer;
}

/** A number among the options; undefined for one that is off. */
export function option(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = options[name];
  return typeof value === "number" ? value : undefined;
}
