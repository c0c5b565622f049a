import type { Arithmetic } from "../task/arithmetic.ts";
import type { Row, Sample } from "../task/sample.ts";
import { byRow, map, type Shape } from "./mistake.ts";

/** The softmax without its maximum taken off, in the precision that `round` rounds to. */
export function naive({ z, t, y }: Row, { exp, log }: Arithmetic, round: (value: number) => number) {
  const powers = map(z, (logit) => round(exp(logit)));
  const total = powers.reduce((all, power) => round(all + power), 0);
  const p = map(powers, (power) => power / total);
  return { loss: -t[y]! * log(p[y]!), gradient: map(p, (value, j) => value - t[j]!) };
}

/** The binary cross-entropy by exponentials of z and −z as they stand. */
export function exponentials({ z, y }: Row, { exp, log }: Arithmetic, round: (value: number) => number) {
  const up = round(exp(z[0]!));
  const down = round(exp(-z[0]!));
  const loss = (y === 1 ? 0 : (1 - y) * log(1 + up)) + (y === 0 ? 0 : y * log(1 + down));
  return { loss, gradient: [up / (1 + up) - y] };
}

/** Whether an exponential of some logit, or of its negative, leaves the range: others give the right answer. */
function leaves(
  { rows }: Sample,
  { exp }: Arithmetic,
  round: (value: number) => number,
  signs: readonly number[],
): boolean {
  const isOut = (logit: number) => {
    const power = round(exp(logit));
    return power === Number.POSITIVE_INFINITY || power === 0;
  };
  return rows.some(({ z }) => z.some((logit) => Number.isFinite(logit) && signs.some((sign) => isOut(sign * logit))));
}

/** Arithmetic in float64, and rounded to float32. */
export const precisions = [(value: number) => value, Math.fround];

export const overflowMistakes: readonly Shape[] = [
  {
    id: "overflow-no-max-subtraction",
    kind: "shape",
    losses: ["cross_entropy"],
    formula: "e^z / Σ e^z as it stands",
    student:
      "Your numbers match exponentials that overflow or vanish: subtract the row's maximum before exponentiating.",
    instructor: "exp(z) overflows above 709.7 in float64 and 88.7 in float32, and is 0 far below.",
    source: "FluxML/NNlib.jl#68",
    variants: precisions.map((round) => (sample, arithmetic) => {
      const formula = byRow((row) => naive(row, arithmetic, round));
      return leaves(sample, arithmetic, round, [1]) ? formula(sample, arithmetic) : undefined;
    }),
  },
  {
    id: "overflow-binary",
    kind: "shape",
    losses: ["binary_cross_entropy"],
    formula: "log(1 + e^z) as it stands",
    student: "Your numbers match an exponential that overflows: use max(z, 0) + log(1 + e^−|z|).",
    instructor: "log(1 + e^z) without the stable form, in float64 or float32.",
    source: "pytorch/pytorch#11551",
    variants: precisions.map((round) => (sample, arithmetic) => {
      const formula = byRow((row) => exponentials(row, arithmetic, round));
      return leaves(sample, arithmetic, round, [1, -1]) ? formula(sample, arithmetic) : undefined;
    }),
  },
];
