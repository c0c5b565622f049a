import type { Arithmetic } from "../task/arithmetic.ts";
import type { Regularisation } from "../task/linear.ts";
import type { Numbers, Right, Row, Sample } from "../task/sample.ts";

/** What a wrong implementation gives: per example, before sample weights and reduction. An absent output is right. */
export interface WrongExamples {
  readonly losses?: Float64Array;
  readonly gradients?: Float64Array;
  /** What the mean divided by, where that is wrong too. */
  readonly denominator?: number;
  /** The sample weights, where those are wrong too. */
  readonly weights?: Float64Array;
}

/** What every entry of the catalogue says. */
interface Entry {
  /** Kebab-case, for ever: grades and appeals refer to it. */
  readonly id: string;
  /** The losses that it applies to. */
  readonly losses: readonly string[];
  /** Only a case with a linear model shows it. */
  readonly ofLinearModels?: true;
  /** The first draw that looks for it: cases of older draws were chosen without it, and stay as they are. */
  readonly since?: 3;
  /** What it changes is taken for right where float32 would be. */
  readonly tiny?: true;
  /** The wrong formula, as a reader writes it. */
  readonly formula: string;
  /** One sentence for the student: what the numbers match, and what to do. It never holds an expected value. */
  readonly student: string;
  /** One sentence for the instructor: what it is, and where it comes from. */
  readonly instructor: string;
  /** A thread where it happened, or the definition that it misses. */
  readonly source: string;
}

/** Another formula: its numbers are no multiple of the right ones. */
export interface Shape extends Entry {
  readonly kind: "shape";
  /** Each variant is one wrong implementation; undefined where it cannot be told from the right one on such a case. */
  readonly variants: readonly ((sample: Sample, arithmetic: Arithmetic) => WrongExamples | undefined)[];
}

/** Multipliers of the outputs; an absent one is 1. */
export interface Factors {
  readonly loss?: number;
  readonly losses?: number;
  readonly gradients?: number;
}

/** The right formula, or a wrong one, multiplied. */
export interface Factor extends Entry {
  readonly kind: "factor";
  /** As a reader calls the multiplier: N, 1/N, 2, 1/ln 2 … */
  readonly factor: string;
  /** Undefined where it does not apply to such a case; several where it is made in several ways. */
  of(sample: Sample, arithmetic: Arithmetic): Factors | readonly (Factors | undefined)[] | undefined;
}

/** The reduced numbers are rearranged or replaced. */
export interface Form extends Entry {
  readonly kind: "form";
  readonly variants: readonly ((right: Right, sample: Sample) => Numbers | undefined)[];
}

/** The right formula with another regularisation: for cases with a linear model and l2 above 0. */
export interface Penalty extends Entry {
  readonly kind: "penalty";
  /** It is looked for beside a wrong factor, and not beside a wrong formula: rare mistakes seldom come together. */
  readonly rare?: true;
  of(sample: Sample): Regularisation | readonly (Regularisation | undefined)[] | undefined;
}

export type Mistake = Shape | Factor | Form | Penalty;

/** The examples' own numbers, one row at a time. What a formula leaves out stays right. */
export function byRow(
  formula: (row: Row, arithmetic: Arithmetic, sample: Sample) => { loss?: number; gradient?: ArrayLike<number> },
): Shape["variants"][number] {
  return (sample, arithmetic) => {
    const { examples, classes } = sample;
    const losses = new Float64Array(examples);
    const gradients = new Float64Array(examples * classes);
    let [hasLosses, hasGradients] = [false, false];
    for (let i = 0; i < examples; i++) {
      const { loss, gradient } = formula(sample.rows[i]!, arithmetic, sample);
      if (loss !== undefined) {
        losses[i] = loss;
        hasLosses = true;
      }
      if (gradient) {
        gradients.set(gradient, i * classes);
        hasGradients = true;
      }
    }
    return { ...(hasLosses && { losses }), ...(hasGradients && { gradients }) };
  };
}

/** A wrong formula that the definition of the loss alone shows to be one. `match` ends "Your numbers match". */
export function misread(
  id: string,
  losses: readonly string[],
  formula: string,
  match: string,
  variants: Shape["variants"],
): Shape {
  const student = `Your numbers match ${match}.`;
  const instructor = `${formula} in place of the loss's own formula.`;
  return {
    id,
    kind: "shape",
    losses,
    since: 3,
    formula,
    student,
    instructor,
    source: "Definition of the loss.",
    variants,
  };
}

/** Σ a_j·b_j, where 0 times anything is 0. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) if (a[j] !== 0 && b[j] !== 0) sum += a[j]! * b[j]!;
  return sum;
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let j = 0; j < values.length; j++) total += values[j]!;
  return total;
}

export function map(values: Float64Array, change: (value: number, j: number) => number): Float64Array {
  return values.map(change);
}
