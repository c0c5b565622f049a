import type { Arithmetic } from "../task/arithmetic.ts";
import type { Row } from "../task/sample.ts";
import { byRow, map, type Shape } from "./mistake.ts";

/** The softmax without its maximum taken off, in the precision that `round` rounds to. */
function naive({ z, t, y }: Row, { exp, log }: Arithmetic, round: (value: number) => number) {
  const powers = map(z, (logit) => round(exp(logit)));
  const total = powers.reduce((all, power) => round(all + power), 0);
  const p = map(powers, (power) => power / total);
  return { loss: -t[y]! * log(p[y]!), gradient: map(p, (value, j) => value - t[j]!) };
}

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
    variants: [(value: number) => value, Math.fround].map((round) =>
      byRow((row, arithmetic) => naive(row, arithmetic, round)),
    ),
  },
  {
    id: "overflow-binary",
    kind: "shape",
    losses: ["binary_cross_entropy"],
    formula: "log(1 + e^z) as it stands",
    student: "Your numbers match an exponential that overflows: use max(z, 0) + log(1 + e^−|z|).",
    instructor: "log(1 + e^z) without the stable form, in float64 or float32.",
    source: "pytorch/pytorch#11551",
    variants: [(value: number) => value, Math.fround].map((round) =>
      byRow(({ z, y }, { exp, log }) => {
        const up = round(exp(z[0]!));
        const down = round(exp(-z[0]!));
        const loss = (y === 1 ? 0 : (1 - y) * log(1 + up)) + (y === 0 ? 0 : y * log(1 + down));
        return { loss, gradient: [up / (1 + up) - y] };
      }),
    ),
  },
];
