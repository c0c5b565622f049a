import type { Numbers, OutputName, Sample } from "../task/sample.ts";
import { numbersOf } from "./compare.ts";
import { allowances, widthOf } from "./outputs.ts";
import { roundingOf, type Tolerance } from "./tolerance.ts";

/** A claim as a multiple of a prediction. */
export interface Fit {
  /** ⟨claim, prediction⟩/⟨prediction, prediction⟩; NaN where the prediction is all zeros. */
  readonly factor: number;
  /** ‖claim − factor·prediction‖/‖claim‖: 0 for an exact multiple. */
  readonly residual: number;
}

/** Multiples closer than this are the same: wider than rounding, far closer than any two named factors. */
const closeness = { float64: 1e-4, float32: 1e-3 };

export function closenessOf({ relative }: Tolerance): number {
  return relative > 1e-6 ? closeness.float32 : closeness.float64;
}

export function fitMultiple(claimed: Float64Array, predicted: Float64Array): Fit {
  let [cc, cp, pp] = [0, 0, 0];
  for (let i = 0; i < claimed.length; i++) {
    cc += claimed[i]! * claimed[i]!;
    cp += claimed[i]! * predicted[i]!;
    pp += predicted[i]! * predicted[i]!;
  }
  const factor = cp / pp;
  let rest = 0;
  for (let i = 0; i < claimed.length; i++) rest += (claimed[i]! - factor * predicted[i]!) ** 2;
  return { factor, residual: cc === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(rest / cc) };
}

/** How much speaks for a wrong formula. */
export interface Evidence {
  /** How many claimed numbers agree with the prediction and not with the right answer. */
  readonly numbers: number;
  /** To how many digits they do, beyond those that the right answer has, all added up. */
  readonly digits: number;
}

/** A claim is a prediction's only where it is so much nearer to it than to the right answer. */
const nearer = 4;
/** No formula agrees to more digits than its own rounding leaves. */
const agreement = 1e-9;

/**
 * What speaks for a claim that is the prediction times a factor, entry by entry; undefined where it is not. A number
 * speaks where prediction and right answer are told apart. Examples in `skipped` (at a kink) are not looked at. A NaN or an
 * infinity is only itself, and has no multiple.
 */
export function matches(
  sample: Sample,
  claims: Numbers,
  prediction: Numbers,
  right: Numbers,
  output: OutputName,
  factor: number,
  tolerance: Tolerance,
  skipped: ReadonlySet<number>,
): Evidence | undefined {
  const claimed = numbersOf(claims[output]);
  const predicted = numbersOf(prediction[output]);
  const correct = numbersOf(right[output]);
  if (!claimed || !predicted || !correct) return { numbers: 0, digits: 0 };
  const width = widthOf(output, sample);
  const allowed = allowances(sample, output, tolerance);
  const rounding = roundingOf(tolerance, correct);
  const close = closenessOf(tolerance);
  const evidence = { numbers: 0, digits: 0 };
  for (let i = 0; i < claimed.length; i++) {
    const example = Math.floor(i / width);
    if (skipped.has(example) && output === "gradients") continue;
    const p = predicted[i]! * factor;
    const c = claimed[i]!;
    const r = correct[i]!;
    const limit = allowed[example]! * Math.max(1, Math.abs(factor)) + rounding(p);
    if (!agree(c, p, limit + close * Math.abs(p))) return undefined;
    if (agree(p, r, limit + rounding(r) + close * Math.abs(r))) continue;
    const near = Math.max(distance(c, p), limit, agreement * Math.abs(p));
    const far = distance(c, r);
    if (far < nearer * distance(c, p) || far <= limit + rounding(r)) continue;
    evidence.numbers++;
    evidence.digits += Math.min(9, Math.log10(far / near));
  }
  return evidence;
}

function agree(a: number, b: number, limit: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= limit;
}

/** Between infinities and NaN there is no way, or nothing but way. */
function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const between = Math.abs(a - b);
  return Number.isNaN(between) ? Number.POSITIVE_INFINITY : between;
}
