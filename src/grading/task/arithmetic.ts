import type { Engine } from "../../engine/engine.ts";

/** The elementary functions that wrong formulas are made of: the engine's, so that a verdict has the same bits everywhere. */
export interface Arithmetic {
  exp(x: number): number;
  log(x: number): number;
  log1p(x: number): number;
  pow(x: number, y: number): number;
  /** log(1 + eˣ). */
  softplus(x: number): number;
  /** 1/(1 + e⁻ˣ), with every digit on both sides. */
  sigmoid(x: number): number;
  /** Of a row; a logit of −Infinity has probability 0. */
  softmax(row: ArrayLike<number>): Float64Array;
  /** log Σ eˣ of a row. */
  logSumExp(row: ArrayLike<number>): number;
}

export function arithmeticOf({ calls }: Engine): Arithmetic {
  const { scalar_exp: exp, scalar_log: log, scalar_log1p: log1p, scalar_pow: pow } = calls;
  const softplus = (x: number) => Math.max(x, 0) + log1p(exp(-Math.abs(x)));
  const sigmoid = (x: number) => {
    const e = exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  };
  const greatest = (row: ArrayLike<number>) => {
    let found = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < row.length; j++) found = Math.max(found, row[j]!);
    return found;
  };
  const softmax = (row: ArrayLike<number>) => {
    const top = greatest(row);
    const powers = Float64Array.from(row, (z) => exp(z - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  };
  const logSumExp = (row: ArrayLike<number>) => {
    const top = greatest(row);
    let total = 0;
    for (let j = 0; j < row.length; j++) total += exp(row[j]! - top);
    return top + log(total);
  };
  return { exp, log, log1p, pow, softplus, sigmoid, softmax, logSumExp };
}
