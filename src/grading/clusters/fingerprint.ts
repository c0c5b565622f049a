import { numbersOf } from "../compare/compare.ts";
import { digitsOf } from "../compare/printing.ts";
import type { Graded, PreparedTask } from "../grade.ts";
import { type OutputName, outputNames } from "../task/sample.ts";
import { resemblanceOf } from "./resemblance.ts";

/** What is left of a submission's unexplained numbers: so little that thousands can be kept. */
export interface Fingerprint {
  /** The outputs that are wrong by no mistake of the catalogue. */
  readonly outputs: readonly OutputName[];
  /** Which outputs of which cases were claimed: only like is compared with like. */
  readonly claimed: string;
  /** Weighted sums of the claimed numbers, at most `sumsMax` an output. */
  readonly sums: Float64Array;
  /** How far each sum may be off by how its numbers were computed and printed. */
  readonly grains: Float64Array;
  /** What the numbers are, in words that follow "which", an output. */
  readonly details: readonly string[];
}

const sumsMax = 16;
/** What float32 leaves of a number, as a share of the largest of its output. */
const float32Noise = 4e-6;
/** Weights between 1 and 2, no two alike: numbers that change places change the sums. */
const weightOf = (i: number) => 1 + ((i * 0.6180339887498949) % 1);

/** The fingerprint of what a diagnosis left open; undefined where it left nothing. */
export function fingerprintOf(prepared: PreparedTask, graded: Graded): Fingerprint | undefined {
  const { claims } = graded;
  const outputs = unexplained(graded);
  if (outputs.length === 0) return undefined;
  const samples = prepared.cases.map(({ sample }) => sample);
  const folded = outputs.map((output) =>
    fold(samples.map(({ id }) => numbersOf(claims.get(id)?.[output]) ?? new Float64Array())),
  );
  const claimed = outputs.map((output) => {
    const given = samples.flatMap(({ id }, k) => (claims.get(id)?.[output] === undefined ? [] : [k]));
    return `${output} ${given.join(",")}`;
  });
  return {
    outputs,
    claimed: claimed.join(" "),
    sums: joined(folded.map(({ sums }) => sums)),
    grains: joined(folded.map(({ grains }) => grains)),
    details: outputs.map((output) => resemblanceOf(prepared, graded, output)),
  };
}

function unexplained({ comparisons, diagnosis, convention }: Graded): OutputName[] {
  if (convention) return [];
  const wrong = new Set(comparisons.flatMap(({ verdict, output }) => (verdict === "fail" ? [output] : [])));
  const explained = diagnosis.candidates.flatMap((candidate) => candidate.outputs);
  return outputNames.filter((output) => wrong.has(output) && !explained.includes(output));
}

function fold(arrays: readonly Float64Array[]) {
  const values = joined(arrays);
  const sums = new Float64Array(Math.min(sumsMax, values.length));
  const grains = new Float64Array(sums.length);
  const grain = grainOf(values);
  for (const [i, value] of values.entries()) {
    sums[i % sumsMax]! += weightOf(i) * value;
    grains[i % sumsMax]! += weightOf(i) * grain(value);
  }
  return { sums, grains };
}

/**
 * How far a claim may be off its own program's number. Whether numbers were rounded to decimals or to significant digits is
 * not known: the wider of the two, by what the whole output shows, holds for both.
 */
function grainOf(values: Float64Array): (value: number) => number {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let [decimals, significant] = [0, 0];
  for (const value of finite) {
    const digits = digitsOf(value);
    decimals = Math.max(decimals, digits.decimals);
    significant = Math.max(significant, digits.significant);
  }
  const noise = float32Noise * largest;
  // Whole numbers are what they are: nobody rounds a gradient to them.
  if (decimals === 0) return () => noise;
  const ofDecimals = 0.5 * 10 ** -decimals;
  return (value) => {
    const place = Math.floor(Math.log10(Math.abs(value)));
    const ofDigits = value === 0 || !Number.isFinite(value) ? 0 : 0.5 * 10 ** (place + 1 - significant);
    return noise + Math.max(ofDecimals, ofDigits);
  };
}

function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of arrays) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
