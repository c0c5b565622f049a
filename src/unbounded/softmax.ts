import { exp, log1p, sum } from "./functions.ts";
import { Unbounded } from "./number.ts";

/** A row's softmax. A class that does not exist has the share 0 and no logarithm. */
export interface Softmax {
  readonly shares: readonly Unbounded[];
  /** 1 − share, without cancellation. */
  readonly others: readonly Unbounded[];
  /** −log share. */
  readonly surprises: readonly (Unbounded | undefined)[];
}

/** @param logits undefined for a class that does not exist; one does. */
export function softmax(logits: readonly (Unbounded | undefined)[], temperature = Unbounded.one): Softmax {
  let top = -1;
  logits.forEach((z, j) => {
    if (z && (top < 0 || logits[top]!.isBelow(z))) top = j;
  });
  const distances = logits.map((z) => z && logits[top]!.minus(z).over(temperature));
  const powers = distances.map((d) => (d ? exp(d.negated()) : Unbounded.zero));
  const rest = sum(powers.filter((_, j) => j !== top));
  const total = Unbounded.one.plus(rest);
  const logTotal = log1p(rest);
  return {
    shares: powers.map((power) => power.over(total)),
    others: powers.map((power, j) => (j === top ? rest : total.minus(power)).over(total)),
    surprises: distances.map((d) => d?.plus(logTotal)),
  };
}
