import type { Arithmetic } from "./arithmetic.ts";
import { factors, forms, shapes } from "./catalogue.ts";
import { compareOutput, numbersOf } from "./compare.ts";
import type { Factor, Factors, Form, Mistake, Shape, WrongExamples } from "./mistake.ts";
import { type Numbers, outputNames, type Sample } from "./sample.ts";
import { profiles } from "./tolerance.ts";

/** What a wrong formula gives for a case, reduced like the right one. */
export interface Prediction {
  readonly mistake: Shape | Form;
  /** Its place among the mistake's variants. */
  readonly variant: number;
  readonly numbers: Numbers;
}

export interface Multiplier {
  readonly mistake: Factor;
  readonly factors: Factors;
}

/** A case with all that the catalogue predicts for it: made once, for any number of submissions. */
export interface Predicted {
  readonly sample: Sample;
  readonly predictions: readonly Prediction[];
  readonly multipliers: readonly Multiplier[];
}

/** Every way to be wrong that such a case can show. */
export function predict(sample: Sample, arithmetic: Arithmetic): Predicted {
  const applies = ({ losses }: Mistake) => losses.includes(sample.loss.name);
  const predictions: Prediction[] = [];
  const add = (mistake: Shape | Form, variant: number, numbers: Numbers | undefined) => {
    if (numbers && differs(sample, numbers)) predictions.push({ mistake, variant, numbers });
  };
  for (const shape of shapes.filter(applies)) {
    for (const [i, variant] of shape.variants.entries()) {
      const wrong = variant(sample, arithmetic);
      add(shape, i, wrong && reduce(sample, wrong));
    }
  }
  for (const form of forms.filter(applies)) {
    for (const [i, variant] of form.variants.entries()) {
      const wrong = variant(sample.right, sample);
      add(form, i, wrong && { ...sample.right, ...wrong });
    }
  }
  const multipliers = factors.filter(applies).flatMap((mistake) => {
    const found = mistake.of(sample, arithmetic);
    return found && differs(sample, multiply(sample.right, found)) ? [{ mistake, factors: found }] : [];
  });
  return { sample, predictions, multipliers };
}

/** Whether some output is not what would pass as the right one. */
export function differs(sample: Sample, numbers: Numbers): boolean {
  return outputNames.some((output) => {
    const { verdict } = compareOutput(sample, numbers, output, profiles["float64"]!);
    return verdict === "fail";
  });
}

export function multiply(numbers: Numbers, { loss = 1, losses = 1, gradients = 1 }: Factors): Numbers {
  const times = (values: Float64Array | undefined, factor: number) => values?.map((value) => value * factor);
  return {
    ...(numbers.loss !== undefined && { loss: numbers.loss * loss }),
    ...(numbers.losses && { losses: times(numbers.losses, losses)! }),
    ...(numbers.gradients && { gradients: times(numbers.gradients, gradients)! }),
  };
}

/** Wrong examples become outputs by the right reduction, unless that is wrong too. What is absent is right. */
function reduce(sample: Sample, wrong: WrongExamples): Numbers {
  const { right, classes } = sample;
  const weights = wrong.weights ?? sample.weights;
  const denominator = wrong.denominator ?? sample.denominator;
  const losses = wrong.losses?.map((loss, i) => (weights[i] === 0 ? 0 : loss * weights[i]!));
  const gradients = wrong.gradients?.map((gradient, at) => {
    const weight = weights[Math.floor(at / classes)]!;
    return weight === 0 ? 0 : (gradient * weight) / denominator;
  });
  const total = losses?.reduce((sum, loss) => sum + loss, 0);
  return {
    ...right,
    ...(losses && { losses }),
    ...(gradients && { gradients }),
    ...(right.loss !== undefined && total !== undefined && { loss: total / denominator }),
  };
}

/** The mistakes of the loss that none of these cases can show: a submission that makes one would pass. */
export function untestedBy(cases: readonly Predicted[]): readonly string[] {
  const name = cases[0]?.sample.loss.name;
  const shown = new Set(
    cases.flatMap(({ predictions, multipliers }) => [...predictions, ...multipliers].map(({ mistake }) => mistake.id)),
  );
  return [...shapes, ...factors, ...forms]
    .filter(({ losses, id }) => name !== undefined && losses.includes(name) && !shown.has(id))
    .map(({ id }) => id);
}

/** Whether two sets of outputs would pass for each other. */
export function indistinguishable(sample: Sample, one: Numbers, other: Numbers): boolean {
  const asRight = { ...sample, right: one as Sample["right"] };
  return outputNames.every((output) => {
    if (numbersOf(one[output]) === undefined) return true;
    return compareOutput(asRight, other, output, profiles["float64"]!).verdict === "pass";
  });
}
