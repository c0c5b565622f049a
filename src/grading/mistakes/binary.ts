import { numberOption, type Sample } from "../task/sample.ts";
import { byRow, type Shape } from "./mistake.ts";

const losses = ["binary_cross_entropy"];

/** The two masses of a label: a of the negative class, b of the positive one. */
const masses = (y: number, sample: Sample) => {
  const smoothing = numberOption(sample, "label_smoothing") || 0;
  const b = y * (1 - smoothing) + smoothing / 2;
  return { a: (1 - y) * (1 - smoothing) + smoothing / 2, b, weighted: (numberOption(sample, "pos_weight") || 1) * b };
};

const epsilons = [1e-7, 1e-8, 1e-12, 1e-15];

export const binaryMistakes: readonly Shape[] = [
  {
    id: "sigmoid-twice",
    kind: "shape",
    losses,
    formula: "BCE(σ(z))",
    student: "Your numbers match a sigmoid that was applied twice: pass the logit, not its probability.",
    instructor: "σ(σ(z)): the probability cannot fall below 0.5. With or without the outer derivative.",
    source: "Turoad/lanedet#32",
    variants: [true, false].map((chain) =>
      byRow(({ z, y }, { sigmoid, softplus }, sample) => {
        const p = sigmoid(z[0]!);
        const { a, weighted } = masses(y, sample);
        const slope = a * sigmoid(p) - weighted * sigmoid(-p);
        return {
          loss: a * softplus(p) + weighted * softplus(-p),
          gradient: [chain ? slope * p * (1 - p) : slope],
        };
      }),
    ),
  },
  {
    id: "negative-term-missing",
    kind: "shape",
    losses,
    formula: "−y·log p",
    student: "Your numbers match the positive term alone: the term (1−y)·log(1−p) is missing.",
    instructor: "Only −y·log p is computed.",
    source: "deeplearning4j/nd4j#1319",
    variants: [
      byRow(({ z, y }, { sigmoid, softplus }, sample) => {
        const { weighted } = masses(y, sample);
        return { loss: weighted * softplus(-z[0]!), gradient: [-weighted * sigmoid(-z[0]!)] };
      }),
    ],
  },
  {
    id: "p-and-1-minus-p-swapped",
    kind: "shape",
    losses,
    formula: "−y·log(1−p) − (1−y)·log p",
    student: "Your numbers match p and 1 − p exchanged, or labels that are inverted.",
    instructor: "The two logarithms are swapped.",
    source: "fastai/fastbook PR#480",
    variants: [
      byRow(({ z, y }, { sigmoid, softplus }, sample) => {
        const { a, weighted } = masses(y, sample);
        return {
          loss: weighted * softplus(z[0]!) + a * softplus(-z[0]!),
          gradient: [weighted * sigmoid(z[0]!) - a * sigmoid(-z[0]!)],
        };
      }),
    ],
  },
  {
    id: "grad-wrt-probabilities-binary",
    kind: "shape",
    losses,
    formula: "(p − y)/(p(1−p))",
    student: "Your gradient matches the derivative by the probability: go on through the sigmoid to the logit.",
    instructor: "∂L/∂p instead of ∂L/∂z.",
    source: "Definition of the loss.",
    variants: [
      byRow(({ z, y }, { sigmoid }, sample) => {
        const { a, weighted } = masses(y, sample);
        return { gradient: [(a === 0 ? 0 : a / sigmoid(-z[0]!)) - (weighted === 0 ? 0 : weighted / sigmoid(z[0]!))] };
      }),
    ],
  },
  {
    id: "plus-minus-one-labels-in-bce",
    kind: "shape",
    losses,
    formula: "y → 2y − 1",
    student: "Your numbers match labels −1 and 1: cross-entropy takes 0 and 1.",
    instructor: "Signed labels in the 0/1 formula.",
    source: "zhengruifeng/spark-libFM#9",
    variants: [
      byRow(({ z, y }, { sigmoid, softplus }) => ({
        loss: softplus(z[0]!) - (2 * y - 1) * z[0]!,
        gradient: [sigmoid(z[0]!) - (2 * y - 1)],
      })),
    ],
  },
  {
    id: "stable-form-kink-at-zero",
    kind: "shape",
    losses,
    formula: "−y at z = 0",
    student:
      "Your gradient matches the stable form differentiated piece by piece: at z = 0 the pieces have kinks, the loss has none.",
    instructor: "max(z,0) − z·y + log(1+e^(−|z|)) by automatic differentiation: −y at z = 0 instead of ½ − y.",
    source: "pytorch/pytorch#2298",
    variants: [
      byRow(({ z, y }, { sigmoid }, sample) => {
        const { a, weighted } = masses(y, sample);
        return { gradient: [z[0] === 0 ? -weighted : a * sigmoid(z[0]!) - weighted * sigmoid(-z[0]!)] };
      }),
    ],
  },
  {
    id: "sigmoid-derivative-on-wrong-argument",
    kind: "shape",
    losses,
    formula: "(p − y)/(p(1−p)) · z(1−z)",
    student: "Your gradient matches a(1 − a) taken of the wrong number: a is the activation σ(z).",
    instructor: "σ′ evaluated as z(1−z), or at σ(z) once more.",
    source: "dwhitena/gophernet#6",
    variants: [
      byRow(({ z, y }, { sigmoid }) => {
        const p = sigmoid(z[0]!);
        return { gradient: [((p - y) / (p * (1 - p))) * z[0]! * (1 - z[0]!)] };
      }),
      byRow(({ z, y }, { sigmoid }) => {
        const p = sigmoid(z[0]!);
        return { gradient: [((p - y) / (p * (1 - p))) * sigmoid(p) * (1 - sigmoid(p))] };
      }),
    ],
  },
  {
    id: "pos-weight-on-both",
    kind: "shape",
    losses,
    formula: "π·(both terms)",
    student: "Your numbers match pos_weight on both terms: it multiplies the positive one only.",
    instructor: "pos_weight used as a weight of every element.",
    source: "open-mmlab/mmdetection PR#5776",
    variants: [
      byRow(({ z, y }, { sigmoid, softplus }, sample) => {
        const { a, b } = masses(y, sample);
        const weight = numberOption(sample, "pos_weight");
        return {
          loss: weight * (a * softplus(z[0]!) + b * softplus(-z[0]!)),
          gradient: [weight * (a * sigmoid(z[0]!) - b * sigmoid(-z[0]!))],
        };
      }),
    ],
  },
  {
    id: "pos-weight-omitted",
    kind: "shape",
    losses,
    formula: "π = 1",
    student: "Your numbers match a loss without pos_weight: the task gives one.",
    instructor: "pos_weight is not used.",
    source: "pytorch/pytorch#54843",
    variants: [
      byRow(({ z, y }, { sigmoid, softplus }, sample) => {
        const { a, b } = masses(y, sample);
        return {
          loss: a * softplus(z[0]!) + b * softplus(-z[0]!),
          gradient: [a * sigmoid(z[0]!) - b * sigmoid(-z[0]!)],
        };
      }),
    ],
  },
  {
    id: "label-smoothing-omitted-binary",
    kind: "shape",
    losses,
    formula: "ε = 0",
    student: "Your numbers match hard labels: the task smooths them, y(1−ε) + ε/2.",
    instructor: "label_smoothing is not applied.",
    source: "pytorch/pytorch#91545",
    variants: [
      byRow(({ z, y }, { sigmoid, softplus }, sample) => {
        const weight = numberOption(sample, "pos_weight") || 1;
        return {
          loss: (1 - y) * softplus(z[0]!) + weight * y * softplus(-z[0]!),
          gradient: [(1 - y) * sigmoid(z[0]!) - weight * y * sigmoid(-z[0]!)],
        };
      }),
    ],
  },
  {
    id: "eps-clip-binary",
    kind: "shape",
    losses,
    formula: "−log clip(p, ε, 1−ε), ε of 1e-7, 1e-8, 1e-12 or 1e-15",
    student:
      "Your numbers match probabilities that are clipped: compute from the logits, then nothing has to be clipped.",
    instructor: "Probabilities clipped before the logarithm: the loss ends near −ln ε (16.118 for 1e-7).",
    source: "keras-team/keras#7563",
    variants: epsilons.flatMap((epsilon) =>
      [true, false].map((flat) =>
        byRow(({ z, y }, { sigmoid, log, log1p }, sample) => {
          const { a, weighted } = masses(y, sample);
          const p = sigmoid(z[0]!);
          const q = Math.min(Math.max(p, epsilon), 1 - epsilon);
          const loss = -a * log1p(-q) - weighted * log(q);
          if (!flat) return { loss };
          return { loss, gradient: [q === p ? a * p - weighted * sigmoid(-z[0]!) : 0] };
        }),
      ),
    ),
  },
];
