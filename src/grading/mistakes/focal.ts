import type { Arithmetic } from "../task/arithmetic.ts";
import { numberOption, type Row, type Sample } from "../task/sample.ts";
import { byRow, type Shape } from "./mistake.ts";

const losses = ["focal"];

/** How one implementation departs from α_t·q^γ·ℓ. */
interface Departure {
  readonly alpha?: (y: number, alpha: number) => number;
  readonly gamma?: number;
  /** The base of the power: 1 − p_t unless it is wrong. Its derivative by the signed logit comes with it. */
  readonly base?: (p: number, y: number) => { value: number; slope: number };
  readonly constantFactor?: boolean;
  readonly lossOnly?: boolean;
}

const balance = (y: number, alpha: number) => (Number.isNaN(alpha) ? 1 : y > 0 ? alpha : 1 - alpha);

/** s is the signed logit, p = σ(s) and ℓ = −log p: L = α·base^γ·ℓ and its derivative by z. */
function focal({ z, y }: Row, { sigmoid, softplus, pow }: Arithmetic, sample: Sample, change: Departure) {
  const s = y > 0 ? z[0]! : -z[0]!;
  const [p, q, surprise] = [sigmoid(s), sigmoid(-s), softplus(-s)];
  const gamma = change.gamma ?? numberOption(sample, "gamma");
  const alpha = (change.alpha ?? balance)(y, numberOption(sample, "alpha"));
  const { value, slope } = change.base?.(p, y) ?? { value: q, slope: -p * q };
  const power = pow(value, gamma);
  const bend = gamma === 0 || change.constantFactor ? 0 : gamma * pow(value, gamma - 1) * slope * surprise;
  const bySigned = alpha * (bend - power * q);
  const loss = alpha * power * surprise;
  return change.lossOnly ? { loss } : { loss, gradient: [y > 0 ? bySigned : -bySigned] };
}

const departing = (change: Departure): Shape["variants"][number] =>
  byRow((row, arithmetic, sample) => focal(row, arithmetic, sample, change));

/** Only where the task has an alpha. */
const ofAlpha =
  (alpha: (y: number, alpha: number) => number): Shape["variants"][number] =>
  (sample, arithmetic) =>
    Number.isNaN(numberOption(sample, "alpha")) ? undefined : departing({ alpha })(sample, arithmetic);

export const focalMistakes: readonly Shape[] = [
  {
    id: "alpha-omitted",
    kind: "shape",
    losses,
    formula: "α_t = 1",
    student: "Your numbers match a loss without α: the task gives one.",
    instructor: "alpha is given and not used.",
    source: "dsgiitr/d2l-pytorch PR#128",
    variants: [ofAlpha(() => 1)],
  },
  {
    id: "alpha-swapped",
    kind: "shape",
    losses,
    formula: "α ↔ 1−α",
    student: "Your numbers match α on the negatives: α belongs to the positives, 1 − α to the negatives.",
    instructor: "alpha and 1 − alpha are exchanged.",
    source: "clcarwin/focal_loss_pytorch#10",
    variants: [ofAlpha((y, alpha) => (y > 0 ? 1 - alpha : alpha))],
  },
  {
    id: "alpha-both-classes",
    kind: "shape",
    losses,
    formula: "α_t = α",
    student: "Your numbers match α on every example: negatives are weighted 1 − α.",
    instructor: "One alpha for both classes.",
    source: "liuyuisanai/Focal-Loss#4",
    variants: [ofAlpha((_y, alpha) => alpha)],
  },
  {
    id: "alpha-positives-only",
    kind: "shape",
    losses,
    formula: "α for y = 1, else 1",
    student: "Your numbers match α on the positives alone: negatives are weighted 1 − α.",
    instructor: "Negatives keep weight 1.",
    source: "qubvel/segmentation_models#187",
    variants: [ofAlpha((y, alpha) => (y > 0 ? alpha : 1))],
  },
  {
    id: "focal-factor-constant",
    kind: "shape",
    losses,
    formula: "∓α_t·q^(γ+1)",
    student: "Your gradient matches (1−p_t)^γ held constant: it depends on z too, so differentiate it as well.",
    instructor: "The modulating factor is detached. Some libraries do this on purpose.",
    source: "kuangliu/pytorch-retinanet#12",
    variants: [
      byRow((row, arithmetic, sample) => {
        const { gradient = [0] } = focal(row, arithmetic, sample, { constantFactor: true });
        return { gradient };
      }),
    ],
  },
  {
    id: "modulator-uses-pt",
    kind: "shape",
    losses,
    formula: "α_t·p_t^γ·ℓ",
    student: "Your numbers match p_t to the power γ: the factor is (1−p_t)^γ, which shrinks the easy examples.",
    instructor: "p_t^γ instead of (1−p_t)^γ.",
    source: "open-mmlab/mmdetection#39",
    variants: [departing({ base: (p) => ({ value: p, slope: p * (1 - p) }) })],
  },
  {
    id: "modulator-ignores-label",
    kind: "shape",
    losses,
    formula: "(1−σ(z))^γ for both classes",
    student: "Your numbers match (1−p)^γ for the negatives too: use p_t, which is 1 − p for a negative.",
    instructor: "The factor takes the positive class's probability whatever the label.",
    source: "AlexeyAB/darknet#1011",
    variants: [true, false].map((lossOnly) =>
      departing({
        lossOnly,
        base: (p, y) => (y > 0 ? { value: 1 - p, slope: -p * (1 - p) } : { value: p, slope: p * (1 - p) }),
      }),
    ),
  },
  {
    id: "gamma-ignored",
    kind: "shape",
    losses,
    formula: "γ = 0",
    student: "Your loss matches plain cross-entropy: the factor (1−p_t)^γ is missing.",
    instructor: "γ is not used, in the loss alone or in the gradient too.",
    source: "davisking/dlib PR#2552",
    variants: [departing({ gamma: 0 }), departing({ gamma: 0, lossOnly: true })],
  },
  {
    id: "gamma-one",
    kind: "shape",
    losses,
    formula: "γ = 1",
    student: "Your numbers match γ = 1: the task gives another γ.",
    instructor: "The factor is 1 − p_t without its power.",
    source: "Definition of the loss.",
    variants: [departing({ gamma: 1 })],
  },
];
