import { type Fault, Problem } from "../../problems.ts";
import type { LinearGradients, LinearModel, Numbers, OutputName, Right, Sample } from "./sample.ts";

/** Multipliers of what the regularisation adds to the loss and to the weights' gradient: 1 and 1 are right. */
export interface Regularisation {
  readonly loss: number;
  readonly weights: number;
  /** What a penalty of another form adds to these outputs. */
  readonly more?: { readonly loss?: number; readonly weights?: Float64Array; readonly bias?: Float64Array };
}

/** What a case holds in place of logits. */
export const linearFields = ["inputs", "weights", "bias", "l2"] as const;

export const rightRegularisation: Regularisation = { loss: 1, weights: 1 };

/** A case's model and its logits, row by row, where it has one. The fields are no longer among the rest. */
export interface LinearCase {
  readonly model: LinearModel;
  readonly logits: number[][];
}

/**
 * Takes `inputs` [N, D], `weights` [D, C], `bias` [C] (zeros where absent) and `l2` (0 where absent) from a case's fields.
 * Throws a Problem (invalid_request) for shapes that do not fit.
 */
export function readLinear(fields: Readonly<Record<string, unknown>>): LinearCase | undefined {
  if (fields["inputs"] === undefined && fields["weights"] === undefined) return undefined;
  const faults: Fault[] = [];
  const inputs = matrix(fields["inputs"], "inputs", faults);
  const weights = matrix(fields["weights"], "weights", faults);
  const { bias, l2 = 0 } = fields;
  if (fields["logits"] !== undefined) faults.push({ pointer: "/logits", detail: "and weights are both given" });
  if (typeof l2 !== "number" || !(l2 >= 0 && l2 < Number.POSITIVE_INFINITY)) {
    faults.push({ pointer: "/l2", detail: "must be a finite number, at least 0" });
  }
  const features = weights.length;
  const classes = weights[0]?.length ?? 0;
  if (inputs.some((row) => row.length !== features)) {
    faults.push({ pointer: "/inputs", detail: `must have ${features} columns, one a row of weights` });
  }
  const biases = bias === undefined ? new Array<number>(classes).fill(0) : bias;
  if (!isNumbers(biases) || biases.length !== classes) {
    faults.push({ pointer: "/bias", detail: `must be ${classes} numbers, one a column of weights` });
  }
  if (faults.length > 0) throw Problem.of(faults);
  const logits = inputs.map((x) =>
    (biases as number[]).map((b, c) => x.reduce((sum, value, d) => sum + value * weights[d]![c]!, 0) + b),
  );
  const model = {
    features,
    inputs: Float64Array.from(inputs.flat()),
    weights: Float64Array.from(weights.flat()),
    biased: bias !== undefined,
    bias: Float64Array.from(biases as number[]),
    l2: l2 as number,
  };
  return { model, logits };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number" && Number.isFinite(item));
}

function matrix(value: unknown, name: string, faults: Fault[]): number[][] {
  const rows = Array.isArray(value) ? (value as unknown[]) : [];
  const fits = rows.length > 0 && rows.every((row) => isNumbers(row) && row.length === (rows[0] as number[]).length);
  if (fits) return rows as number[][];
  faults.push({ pointer: `/${name}`, detail: "must be rows of equally many finite numbers" });
  return [];
}

/** The chain rule from the logits to weights, bias and inputs, without regularisation. */
export function derive(model: LinearModel, classes: number, gradients: Float64Array): LinearGradients {
  const { features, inputs, weights, biased } = model;
  const examples = inputs.length / features;
  const byWeights = new Float64Array(features * classes);
  const byBias = new Float64Array(classes);
  const byInputs = new Float64Array(inputs.length);
  for (let i = 0; i < examples; i++) {
    for (let c = 0; c < classes; c++) {
      const g = gradients[i * classes + c]!;
      byBias[c]! += g;
      for (let d = 0; d < features; d++) {
        byWeights[d * classes + c]! += inputs[i * features + d]! * g;
        byInputs[i * features + d]! += weights[d * classes + c]! * g;
      }
    }
  }
  return {
    gradients_weights: byWeights,
    ...(biased && { gradients_bias: byBias }),
    gradients_inputs: byInputs,
  };
}

/** Numbers without regularisation become those with it, or with a wrong one; `sign` −1 takes it off again. */
export function regularise(
  model: LinearModel,
  numbers: Numbers,
  { loss, weights, more = {} }: Regularisation = rightRegularisation,
  sign: 1 | -1 = 1,
): Numbers {
  const { gradients_weights: byWeights, gradients_bias: byBias } = numbers;
  const slope = (at: number) => weights * 2 * model.l2 * model.weights[at]! + (more.weights?.[at] ?? 0);
  return {
    ...numbers,
    ...(numbers.loss !== undefined && { loss: numbers.loss + sign * (loss * penalty(model) + (more.loss ?? 0)) }),
    ...(byWeights && { gradients_weights: byWeights.map((g, at) => g + sign * slope(at)) }),
    ...(byBias && more.bias && { gradients_bias: byBias.map((g, at) => g + sign * more.bias![at]!) }),
  };
}

/** Claims less what a regularisation adds: what is left is a multiple of a prediction, or is not. */
export function withoutRegularisation(model: LinearModel, claims: Numbers, regularisation: Regularisation): Numbers {
  return regularise(model, claims, regularisation, -1);
}

/** l2·Σ w². */
function penalty({ l2, weights }: LinearModel): number {
  return l2 * weights.reduce((sum, weight) => sum + weight * weight, 0);
}

/** A case's right answer, that of its model included. */
export function completeLinear(sample: Sample, model: LinearModel): Sample {
  const unregularised: Right = { ...sample.right, ...derive(model, sample.classes, sample.right.gradients) };
  return { ...sample, right: regularise(model, unregularised) as Right, linear: { model, unregularised } };
}

/** The shape of an output of a linear model. */
export function linearShape(output: OutputName, { linear, classes, examples }: Sample): readonly number[] | undefined {
  if (!linear) return undefined;
  const { features } = linear.model;
  if (output === "gradients_weights") return [features, classes];
  if (output === "gradients_bias") return [classes];
  return output === "gradients_inputs" ? [examples, features] : undefined;
}
