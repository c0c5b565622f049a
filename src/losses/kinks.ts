import type { KinkExample, Subgradients } from "./loss.ts";

/** A score this close to a kink, in relative terms, is at it: a correct float64 computation may land on either side. */
const nearness = 4 * Number.EPSILON;

/** Whether a difference of these terms is 0 but for their rounding. */
export function near(value: number, ...terms: number[]): boolean {
  return Math.abs(value) <= nearness * Math.max(1, ...terms.map((term) => Math.abs(term)));
}

/** Every number between two is a derivative by the one logit. */
export function between(a: number, b: number): Subgradients {
  return { low: Float64Array.of(Math.min(a, b)), high: Float64Array.of(Math.max(a, b)), sumsToZero: false };
}

/**
 * A sum or a maximum of hinges max(0, m − z_y + z_j), j ≠ y, each with the slope `unit`. `level` puts those that are at
 * their kink to 0: they take any share; of a maximum, at most one unit in all.
 */
export function tiedHinges(
  { z, y, options }: KinkExample,
  unit: number,
  level: (slack: number) => number,
  maximum: boolean,
): Subgradients | undefined {
  const margin = options["margin"] as number;
  const low = new Float64Array(z.length);
  const high = new Float64Array(z.length);
  let ties = 0;
  for (let j = 0; j < z.length; j++) {
    if (j === y) continue;
    const height = level(margin - z[y]! + z[j]!);
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
