import { placeBack } from "../../engine/class_axis.ts";
import { placeOf, pointerTo } from "../../engine/shapes.ts";
import type { Numbers, OutputName, Sample } from "../task/sample.ts";
import { findKinks } from "./kinks.ts";
import { allowances, shapeOf, widthOf } from "./outputs.ts";
import { roundingOf, type Tolerance } from "./tolerance.ts";

/** One claimed number beside the right one. */
export interface Worst {
  readonly pointer: string;
  readonly claimed: number;
  readonly reference: number;
  /** |claimed − reference| over what was allowed: above 1 is a fail. Infinite where only equality would do. */
  readonly toleranceUsed: number;
}

/** One output of one case: how the claim compares. */
export interface Comparison {
  readonly output: OutputName;
  readonly case: string;
  readonly verdict: "pass" | "fail" | "missing" | "malformed";
  readonly profile: string;
  readonly compared: number;
  readonly mismatched: number;
  /** The entry that used the most of its tolerance, also of a claim that passes. Absent where nothing was compared. */
  readonly worst?: Worst;
  /** Entries that any subgradient satisfies. */
  readonly atKink: number;
  /** Per example (per feature, for a weight's gradient): whether all of its numbers agree. One entry for the loss. */
  readonly agreeing: readonly boolean[];
}

/** A boundary value passes, whatever its own rounding did. */
const slack = 1 + 2 ** -50;

/** Compares one claimed output with the right one, or with what is to be taken for right. */
export function compareOutput(
  sample: Sample,
  claims: Numbers,
  output: OutputName,
  tolerance: Tolerance,
  numbers: Numbers = sample.right,
): Comparison {
  const head = { output, case: sample.id, profile: tolerance.profile };
  const claimed = numbersOf(claims[output]);
  const right = numbersOf(numbers[output]);
  if (!claimed || !right) {
    return { ...head, verdict: "missing", compared: 0, mismatched: 0, atKink: 0, agreeing: [] };
  }
  const width = widthOf(output, sample);
  const allowed = allowances(sample, output, tolerance);
  const rounding = roundingOf(tolerance, right);
  const kinks = output === "gradients" ? findKinks(sample) : new Map<number, never>();
  const agreeing: boolean[] = Array(right.length / width || 0).fill(true);
  let [mismatched, atKink, worstAt, worstUsed, worstRight] = [0, 0, -1, -1, 0];
  for (let i = 0; i < right.length; i++) {
    const example = Math.floor(i / width);
    const kink = kinks.get(example);
    const c = claimed[i]!;
    const r = kink ? clamp(c, kink.low[i % width]!, kink.high[i % width]!) : right[i]!;
    const limit = allowed[example]! + rounding(r) + tolerance.relative * Math.abs(r);
    const used = usedShare(c, r, limit);
    if (kink) atKink++;
    if (used > slack) {
      mismatched++;
      agreeing[example] = false;
    }
    if (used > worstUsed) [worstAt, worstUsed, worstRight] = [i, used, r];
  }
  for (const [example, kink] of kinks) {
    if (!kink.sumsToZero || !agreeing[example]) continue;
    const from = example * width;
    const sum = claimed.subarray(from, from + width).reduce((total, value) => total + value, 0);
    const limit = width * (allowed[example]! + rounding(kink.low[0]!)) + tolerance.relative * Math.abs(kink.low[0]!);
    if (Math.abs(sum) <= limit * slack) continue;
    mismatched++;
    agreeing[example] = false;
  }
  return {
    ...head,
    verdict: mismatched === 0 ? "pass" : "fail",
    compared: right.length,
    mismatched,
    ...(worstAt >= 0 && {
      worst: {
        pointer: pointerOf(output, sample, worstAt),
        claimed: claimed[worstAt]!,
        reference: worstRight,
        toleranceUsed: threeDigits(worstUsed),
      },
    }),
    atKink,
    agreeing,
  };
}

/** Of a number of an output, as the caller has that. */
function pointerOf(output: OutputName, sample: Sample, flat: number): string {
  const shape = shapeOf(output, sample);
  const { classAxis } = sample;
  if (output !== "gradients" || classAxis === shape.length - 1) return pointerTo(output, shape, flat);
  const last = [...shape.toSpliced(classAxis, 1), shape[classAxis]!];
  return ["", output, ...placeBack(placeOf(last, flat), classAxis)].join("/");
}

export function numbersOf(value: number | Float64Array | undefined): Float64Array | undefined {
  return typeof value === "number" ? Float64Array.of(value) : value;
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : Number.isNaN(value) ? low : value;
}

/** An infinity equals itself alone, NaN nothing. */
function usedShare(claimed: number, right: number, limit: number): number {
  if (claimed === right) return 0;
  if (!Number.isFinite(claimed) || !Number.isFinite(right)) return Number.POSITIVE_INFINITY;
  return Math.abs(claimed - right) / limit;
}

/** What a reader needs of a ratio. */
function threeDigits(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : value;
}
