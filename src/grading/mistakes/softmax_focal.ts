import type { Arithmetic } from "../task/arithmetic.ts";
import { numberOption, type Row, type Sample } from "../task/sample.ts";
import { byRow, map, type Shape } from "./mistake.ts";

const losses = ["softmax_focal"];

/** α·base^γ·(−log p_y) and its gradient, where `detached` leaves the derivative of the power out. */
function focal(
  { z, y }: Row,
  arithmetic: Arithmetic,
  {
    alpha,
    gamma,
    detached = false,
    ofPy = false,
  }: { alpha: number; gamma: number; detached?: boolean; ofPy?: boolean },
) {
  const p = arithmetic.softmax(z);
  const py = p[y]!;
  const surprise = -arithmetic.log(py);
  const base = ofPy ? py : 1 - py;
  const power = arithmetic.pow(base, gamma);
  // dL/dp_y, and through the softmax: dp_y/dz_j = p_y·([j = y] − p_j).
  const bend = detached || gamma === 0 ? 0 : gamma * arithmetic.pow(base, gamma - 1) * surprise * (ofPy ? 1 : -1);
  const slope = alpha * (bend - power / py);
  return { loss: alpha * power * surprise, gradient: map(p, (value, j) => slope * py * ((j === y ? 1 : 0) - value)) };
}

const alphaOf = ({ options }: Sample, y: number) => {
  const { alpha } = options as { alpha?: number | readonly number[] };
  return Array.isArray(alpha) ? (alpha[y] as number) : 1;
};

const departing = (change: { gamma?: number; detached?: boolean; ofPy?: boolean; withoutAlpha?: boolean }) =>
  byRow((row, arithmetic, sample) =>
    focal(row, arithmetic, {
      ...change,
      alpha: change.withoutAlpha ? 1 : alphaOf(sample, row.y),
      gamma: change.gamma ?? numberOption(sample, "gamma"),
    }),
  );

export const softmaxFocalMistakes: readonly Shape[] = [
  {
    id: "softmax-focal-gamma-ignored",
    kind: "shape",
    losses,
    formula: "γ = 0",
    student: "Your numbers match plain cross-entropy: the factor (1−p_y)^γ is missing.",
    instructor: "γ is not used.",
    source: "davisking/dlib PR#2552",
    variants: [departing({ gamma: 0 })],
  },
  {
    id: "softmax-focal-factor-constant",
    kind: "shape",
    losses,
    formula: "q^γ·(p − y)",
    student: "Your gradient matches (1−p_y)^γ held constant: it depends on z too, so differentiate it as well.",
    instructor: "The modulating factor is detached.",
    source: "kuangliu/pytorch-retinanet#12",
    variants: [(sample, arithmetic) => ({ gradients: departing({ detached: true })(sample, arithmetic)!.gradients! })],
  },
  {
    id: "softmax-focal-uses-py",
    kind: "shape",
    losses,
    formula: "p_y^γ·(−log p_y)",
    student: "Your numbers match p_y to the power γ: the factor is (1−p_y)^γ, which shrinks the easy examples.",
    instructor: "p_y^γ instead of (1−p_y)^γ.",
    source: "open-mmlab/mmdetection#39",
    variants: [departing({ ofPy: true })],
  },
  {
    id: "softmax-focal-alpha-omitted",
    kind: "shape",
    losses,
    formula: "α = 1",
    student: "Your numbers match a loss without α: the task gives one a class.",
    instructor: "alpha is given and not used.",
    source: "dsgiitr/d2l-pytorch PR#128",
    variants: [departing({ withoutAlpha: true })],
  },
];
