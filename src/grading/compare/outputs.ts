import { linearShape } from "../task/linear.ts";
import type { OutputName, Sample } from "../task/sample.ts";
import { sizeOfExample, type Tolerance } from "./tolerance.ts";

/** The shape of an output of a case. */
export function shapeOf(output: OutputName, sample: Sample): readonly number[] {
  if (output === "loss") return [];
  const { shape, loss, classAxis } = sample;
  const isOfRows = output === "losses" && loss.kind === "rowwise";
  return linearShape(output, sample) ?? (isOfRows ? shape.toSpliced(classAxis, 1) : shape);
}

/** How many numbers of an output share one allowance: an example's gradient, a feature's weights. */
export function widthOf(output: OutputName, sample: Sample): number {
  if (output === "loss" || output === "losses") return 1;
  return linearShape(output, sample)?.at(-1) ?? sample.classes;
}

/** Allowances by sample, output and absolute tolerance: a diagnosis asks for them thousands of times. */
const known = new WeakMap<Sample, Partial<Record<OutputName, Map<number, Float64Array>>>>();

/** absolute·s·max(1, max|z|) of an output, one for each `widthOf` numbers; s is what an example was multiplied by. */
export function allowances(sample: Sample, output: OutputName, { absolute }: Tolerance): Float64Array {
  const own = known.get(sample) ?? {};
  known.set(sample, own);
  own[output] ??= new Map();
  const found = own[output].get(absolute) ?? allowancesOf(sample, output, absolute);
  own[output].set(absolute, found);
  return found;
}

function allowancesOf(sample: Sample, output: OutputName, absolute: number): Float64Array {
  const each = sample.weights.map((weight, i) => {
    const scale = output === "losses" ? weight : weight / (sample.denominator || 1);
    return absolute * scale * sizeOfExample(sample, i);
  });
  const total = each.reduce((sum, one) => sum + one, 0);
  const model = sample.linear?.model;
  switch (output) {
    case "losses":
    case "gradients":
      return each;
    case "gradients_weights":
      // A feature's gradient adds up the examples, each times its input.
      return Float64Array.from({ length: model?.features ?? 0 }, (_, d) =>
        each.reduce((sum, one, i) => sum + one * Math.max(1, Math.abs(model!.inputs[i * model!.features + d]!)), 0),
      );
    case "gradients_inputs": {
      const largest = model?.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1) ?? 1;
      return each.map((one) => one * largest * sample.classes);
    }
    default:
      return Float64Array.of(total);
  }
}
