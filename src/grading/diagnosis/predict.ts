import { compareOutput } from "../compare/compare.ts";
import { closenessOf } from "../compare/fit.ts";
import { profiles } from "../compare/tolerance.ts";
import { factors, forms, penalties, shapes } from "../mistakes/catalogue.ts";
import type { Factor, Factors, Form, Mistake, Penalty, Shape, WrongExamples } from "../mistakes/mistake.ts";
import type { Arithmetic } from "../task/arithmetic.ts";
import { derive, type Regularisation, regularise } from "../task/linear.ts";
import { type Numbers, type OutputName, outputNames, type Right, type Sample } from "../task/sample.ts";

/** What a wrong formula gives for a case, reduced like the right one. */
export interface Prediction {
  readonly mistake: Shape | Form;
  /** Its index among the mistake's variants. */
  readonly variant: number;
  readonly numbers: Numbers;
}

export interface Multiplier {
  readonly mistake: Factor;
  readonly variant: number;
  readonly factors: Factors;
}

export interface Penalised {
  readonly mistake: Penalty;
  readonly variant: number;
  readonly regularisation: Regularisation;
}

/** A case with all that the catalogue predicts for it: made once, for any number of submissions. */
export interface Predicted {
  readonly sample: Sample;
  readonly predictions: readonly Prediction[];
  readonly multipliers: readonly Multiplier[];
  readonly penalties: readonly Penalised[];
}

/** Every way to be wrong that such a case can show, by these wrong formulas and all else that the catalogue knows. */
export function predict(sample: Sample, arithmetic: Arithmetic, formulas: readonly Shape[] = shapes): Predicted {
  const applies = ({ losses }: Mistake) => losses.includes(sample.loss.name);
  const predictions: Prediction[] = [];
  const right = unregularised(sample);
  const add = (mistake: Shape | Form, variant: number, numbers: Numbers | undefined) => {
    if (numbers && differs(sample, regularised(sample, numbers))) predictions.push({ mistake, variant, numbers });
  };
  for (const shape of formulas.filter(applies)) {
    for (const [i, variant] of shape.variants.entries()) {
      const wrong = variant(sample, arithmetic);
      add(shape, i, wrong && reduce(sample, wrong));
    }
  }
  for (const form of forms.filter(applies)) {
    for (const [i, variant] of form.variants.entries()) {
      const wrong = variant(right, sample);
      add(form, i, wrong && { ...right, ...wrong });
    }
  }
  const multipliers = factors.filter(applies).flatMap((mistake) =>
    variantsOf(mistake.of(sample, arithmetic)).flatMap((found, variant) => {
      const shows = found && differs(sample, regularised(sample, multiply(right, found)));
      return shows ? [{ mistake, variant, factors: found }] : [];
    }),
  );
  return { sample, predictions, multipliers, penalties: penaltiesOf(sample) };
}

/** The right answer of a case before any regularisation: predictions are such, too. */
export function unregularised({ right, linear }: Sample): Right {
  return linear?.unregularised ?? right;
}

/** Numbers with the regularisation of the case's model, the right one unless another is given. */
export function regularised({ linear }: Sample, numbers: Numbers, regularisation?: Regularisation): Numbers {
  return linear ? regularise(linear.model, numbers, regularisation) : numbers;
}

function penaltiesOf(sample: Sample): Penalised[] {
  const { linear } = sample;
  if (!linear || linear.model.l2 === 0) return [];
  return penalties.flatMap((mistake) =>
    variantsOf(mistake.of(sample)).flatMap((regularisation, variant) => {
      const numbers = regularisation && regularised(sample, linear.unregularised, regularisation);
      return numbers && differs(sample, numbers) ? [{ mistake, variant, regularisation }] : [];
    }),
  );
}

/** One way to make a mistake, or several of which a case may not have each. */
export function variantsOf<T>(found: T | readonly (T | undefined)[] | undefined): readonly (T | undefined)[] {
  return Array.isArray(found) ? (found as readonly (T | undefined)[]) : [found as T | undefined];
}

/** Whether some output is not what would pass as the right one. */
export function differs(sample: Sample, numbers: Numbers, outputs = outputNames): boolean {
  return outputs.some((output) => {
    const { verdict } = compareOutput(sample, numbers, output, profiles["float64"]!);
    return verdict === "fail";
  });
}

/** The multiplier of an output: what the gradients by the logits have, those by weights, bias and inputs inherit. */
export function factorOf(output: OutputName, { loss = 1, losses = 1, gradients = 1 }: Factors): number {
  return output === "loss" ? loss : output === "losses" ? losses : gradients;
}

export function multiply(numbers: Numbers, factors: Factors): Numbers {
  const entries = outputNames.flatMap((output) => {
    const value = numbers[output];
    const factor = factorOf(output, factors);
    if (value === undefined) return [];
    return [[output, typeof value === "number" ? value * factor : value.map((one) => one * factor)]];
  });
  return Object.fromEntries(entries) as Numbers;
}

/** Wrong examples become outputs by the right reduction, unless that is wrong too. What is absent is right. */
export function reduce(sample: Sample, wrong: WrongExamples): Numbers {
  const { classes } = sample;
  const right = unregularised(sample);
  const model = sample.linear?.model;
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
    ...(gradients && { gradients, ...(model && derive(model, classes, gradients)) }),
    ...(right.loss !== undefined && total !== undefined && { loss: total / denominator }),
  };
}

/** As close as a diagnosis looks. */
const asDiagnosed = { ...profiles["float64"]!, relative: closenessOf(profiles["float64"]!) };

/** Whether a diagnosis could take one set of outputs for the other. */
export function indistinguishable(sample: Sample, one: Numbers, other: Numbers, outputs = outputNames): boolean {
  return outputs.every(
    (output) => one[output] === undefined || compareOutput(sample, other, output, asDiagnosed, one).verdict === "pass",
  );
}
