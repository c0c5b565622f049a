import { numberOption, type Row, type Sample } from "../task/sample.ts";

/** The subgradients of one example at a kink: each entry lies between two numbers, and entries of a row sum to 0. */
export interface Kink {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly sumsToZero: boolean;
}

/** A score this close to a kink, in relative terms, is at it: a correct float64 computation may land on either side. */
const nearness = 4 * Number.EPSILON;

/** The examples that lie at a kink, by their place. Every other gradient is unique. */
export function findKinks(sample: Sample): ReadonlyMap<number, Kink> {
  const found = new Map<number, Kink>();
  const kinkOf = rules[sample.loss.name];
  if (!kinkOf) return found;
  for (let i = 0; i < sample.examples; i++) {
    const scale = sample.weights[i]! / (sample.denominator || 1);
    if (scale === 0) continue;
    const kink = kinkOf(sample, sample.rows[i]!, scale);
    if (kink) found.set(i, kink);
  }
  return found;
}

type Rule = (sample: Sample, row: Row, scale: number) => Kink | undefined;

const near = (value: number, ...terms: number[]) =>
  Math.abs(value) <= nearness * Math.max(1, ...terms.map((term) => Math.abs(term)));

const between = (a: number, b: number): Kink => ({
  low: Float64Array.of(Math.min(a, b)),
  high: Float64Array.of(Math.max(a, b)),
  sumsToZero: false,
});

const rules: Readonly<Record<string, Rule>> = {
  hinge: (sample, { z, y }, scale) => {
    const margin = numberOption(sample, "margin");
    return near(margin - y * z[0]!, z[0]!, margin) ? between(0, -y * scale) : undefined;
  },
  l1: (_sample, { z, y }, scale) => (near(z[0]! - y, z[0]!, y) ? between(-scale, scale) : undefined),
  multi_margin: (sample, row, scale) => {
    if (numberOption(sample, "p") !== 1) return undefined;
    return tied(sample, row, (scale * row.classWeight) / sample.classes, (slack) => slack, false);
  },
  multiclass_hinge: (sample, row, scale) => {
    const best = row.z.reduce((most, z, j) => (j === row.y ? most : Math.max(most, z)), Number.NEGATIVE_INFINITY);
    const worst = numberOption(sample, "margin") + best - row.z[row.y]!;
    // Below the margin nothing moves; above it the greatest rivals share one unit.
    if (worst < 0 && !near(worst, best, row.z[row.y]!)) return undefined;
    const rivals = row.z.filter((z, j) => j !== row.y && near(z - best, z, best)).length;
    if (rivals < 2 && !near(worst, best, row.z[row.y]!)) return undefined;
    return tied(sample, row, scale, (slack) => slack - worst, true);
  },
};

/** A sum or a maximum of hinges: those that `level` puts at 0 take any share; of a maximum, at most one unit in all. */
function tied(
  sample: Sample,
  { z, y }: Row,
  unit: number,
  level: (slack: number) => number,
  maximum: boolean,
): Kink | undefined {
  const margin = numberOption(sample, "margin");
  const low = new Float64Array(z.length);
  const high = new Float64Array(z.length);
  let ties = 0;
  for (let j = 0; j < z.length; j++) {
    if (j === y) continue;
    const slack = margin - z[y]! + z[j]!;
    const height = level(slack);
    const tie = near(height, z[j]!, z[y]!, margin);
    if (tie) ties++;
    high[j] = tie || height > 0 ? unit : 0;
    low[j] = tie ? 0 : high[j]!;
  }
  if (ties === 0) return undefined;
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  low[y] = maximum ? -unit : -sum(high);
  high[y] = maximum && near(level(margin - z[y]! + Math.max(...z.filter((_, j) => j !== y))), 1) ? 0 : -sum(low);
  return { low, high, sumsToZero: true };
}
