import type { Arithmetic } from "../task/arithmetic.ts";
import { numberOption, type Row, type Sample } from "../task/sample.ts";
import { byRow, dot, map, type Shape, sum } from "./mistake.ts";

const losses = ["cross_entropy"];

const temperatureOf = (sample: Sample) => numberOption(sample, "temperature") || 1;

/** The row's logits over the temperature. */
export const scaled = ({ z }: Row, sample: Sample) => map(z, (logit) => logit / temperatureOf(sample));

/** Cross-entropy of the row's target against any probabilities, and its gradient as if they came from a softmax. */
export const against = ({ t }: Row, p: Float64Array, { log }: Arithmetic, sample: Sample) => {
  const [mass, temperature] = [sum(t), temperatureOf(sample)];
  return { loss: -dot(t, map(p, log)), gradient: map(p, (value, j) => (mass * value - t[j]!) / temperature) };
};

/** A gradient by the logits over the temperature becomes one by the logits. */
const byLogits = (
  gradient: (p: Float64Array, row: Row) => (value: number, j: number) => number,
): Shape["variants"][number] =>
  byRow((row, arithmetic, sample) => {
    const p = arithmetic.softmax(scaled(row, sample));
    const entry = gradient(p, row);
    return { gradient: map(p, (value, j) => entry(value, j) / temperatureOf(sample)) };
  });

/** The softmax of all logits at once along another axis. */
const normalisedOver =
  (groups: (sample: Sample) => number[][]): Shape["variants"][number] =>
  (sample, arithmetic) => {
    const { classes, examples, rows } = sample;
    const p = new Float64Array(examples * classes);
    for (const group of groups(sample)) {
      const logits = group.map((at) => rows[Math.floor(at / classes)]!.z[at % classes]!);
      const shares = arithmetic.softmax(logits);
      group.forEach((at, k) => {
        p[at] = shares[k]!;
      });
    }
    let i = 0;
    return byRow((row) => against(row, p.subarray(i * classes, ++i * classes), arithmetic, sample))(sample, arithmetic);
  };

export const softmaxMistakes: readonly Shape[] = [
  {
    id: "softmax-twice",
    kind: "shape",
    losses,
    formula: "q = softmax(softmax(z)), −Σ t·log q",
    student: "Your numbers match a softmax that was applied twice: pass raw logits to the loss, not probabilities.",
    instructor: "softmax(softmax(z)); the loss cannot fall below ln(1 + (C−1)/e). With or without the outer Jacobian.",
    source: "Lightning-Universe/lightning-bolts#654",
    variants: [
      byRow((row, arithmetic, sample) => {
        const p = arithmetic.softmax(scaled(row, sample));
        const { loss, gradient } = against(row, arithmetic.softmax(p), arithmetic, sample);
        const inner = dot(gradient, p);
        return { loss, gradient: map(p, (value, j) => value * (gradient[j]! - inner)) };
      }),
      byRow((row, arithmetic, sample) =>
        against(row, arithmetic.softmax(arithmetic.softmax(scaled(row, sample))), arithmetic, sample),
      ),
    ],
  },
  {
    id: "softmax-over-batch-axis",
    kind: "shape",
    losses,
    formula: "p_ic = e^z_ic / Σ_k e^z_kc",
    student: "Your numbers match a softmax over the examples: normalise over the classes, so that each row sums to 1.",
    instructor: "Softmax along axis 0 instead of the class axis.",
    source: "ctallec/world-models#10",
    variants: [
      normalisedOver(({ classes, examples }) =>
        Array.from({ length: classes }, (_, c) => Array.from({ length: examples }, (_, i) => i * classes + c)),
      ),
    ],
  },
  {
    id: "softmax-over-whole-matrix",
    kind: "shape",
    losses,
    formula: "p_ic = e^z_ic / Σ_kj e^z_kj",
    student: "Your numbers match a softmax over the whole matrix: normalise each row by itself.",
    instructor: "One softmax over all N·C entries.",
    source: "nntrainer/nntrainer PR#430",
    variants: [normalisedOver(({ classes, examples }) => [Array.from({ length: classes * examples }, (_, at) => at)])],
  },
  {
    id: "log-missing",
    kind: "shape",
    losses,
    formula: "−Σ t·p",
    student: "Your numbers match minus the probability: take minus its logarithm.",
    instructor: "−p_y in place of −log p_y, with its own derivative.",
    source: "yanx27/Pointnet_Pointnet2_pytorch#30",
    variants: [
      byRow((row, arithmetic, sample) => {
        const p = arithmetic.softmax(scaled(row, sample));
        const hit = dot(row.t, p);
        return { loss: -hit, gradient: map(p, (value, j) => (-value * (row.t[j]! - hit)) / temperatureOf(sample)) };
      }),
    ],
  },
  {
    id: "raw-logit-loss",
    kind: "shape",
    losses,
    formula: "−Σ t·z",
    student: "Your numbers match minus the logit of the true class: the normaliser log Σ exp(z) is missing.",
    instructor: "An NLL fed with logits instead of log-probabilities.",
    source: "clvrai/ACGAN-PyTorch#3",
    variants: [
      byRow((row, _, sample) => ({
        loss: -dot(row.t, scaled(row, sample)),
        gradient: map(row.t, (t) => -t / temperatureOf(sample)),
      })),
    ],
  },
  {
    id: "grad-wrt-probabilities",
    kind: "shape",
    losses,
    formula: "−t/p",
    student: "Your gradient matches the derivative by the probabilities: go on through the softmax to the logits.",
    instructor: "∂L/∂p instead of ∂L/∂z: the softmax Jacobian is not applied.",
    source: "hankcs/CS224n#17",
    variants: [
      byLogits(
        (_, { t }) =>
          (p, j) =>
            t[j] === 0 ? 0 : -t[j]! / p,
      ),
    ],
  },
  {
    id: "grad-softmax-diagonal-only",
    kind: "shape",
    losses,
    formula: "t·(p − 1)",
    student: "Your gradient matches the diagonal of the softmax's Jacobian alone: the other classes get gradient too.",
    instructor: "(−t/p)·p(1−p): the off-diagonal terms of the Jacobian are missing.",
    source: "deeplearning4j/libnd4j#440",
    variants: [
      byLogits(
        (_, { t }) =>
          (p, j) =>
            t[j]! * (p - 1),
      ),
    ],
  },
  {
    id: "grad-extra-activation-derivative",
    kind: "shape",
    losses: [...losses, "binary_cross_entropy"],
    formula: "(p − t)·p(1−p)",
    student: "Your gradient matches one that is multiplied by p(1−p) once more: p − y holds that derivative already.",
    instructor: "The activation's derivative is applied on top of the gradient by the logits.",
    source: "hunkim/DeepLearningZeroToAll PR#113",
    variants: [
      byRow((row, arithmetic, sample) => {
        if (sample.loss.kind === "elementwise") {
          const p = arithmetic.sigmoid(row.z[0]!);
          return { gradient: [(p - row.y) * p * (1 - p)] };
        }
        const p = arithmetic.softmax(scaled(row, sample));
        const { gradient } = against(row, p, arithmetic, sample);
        return { gradient: map(gradient, (value, j) => value * p[j]! * (1 - p[j]!)) };
      }),
    ],
  },
  {
    id: "grad-onehot-not-subtracted",
    kind: "shape",
    losses,
    formula: "p in place of p − t",
    student: "Your gradient matches the probabilities alone: subtract the target from them.",
    instructor: "p instead of p − t.",
    source: "mantasu/cs231n#10",
    variants: [
      byLogits((_, { t }) => {
        const mass = sum(t);
        return (p) => mass * p;
      }),
    ],
  },
  {
    id: "soft-label-sum-assumed-one",
    kind: "shape",
    losses,
    formula: "p − t for Σt ≠ 1",
    student: "Your gradient matches p − t, which holds only where a row's target sums to 1: use p·Σt − t.",
    instructor: "p − t although the target (weights, soft labels) does not sum to 1.",
    source: "tensorflow/tensorflow#60314",
    variants: [
      byLogits(
        (_, { t }) =>
          (p, j) =>
            p - t[j]!,
      ),
    ],
  },
  {
    id: "sigmoid-bce-per-class",
    kind: "shape",
    losses,
    formula: "Σ_c log(1+e^z_c) − t_c·z_c",
    student: "Your numbers match a sigmoid per class: this task chooses one of C classes, which takes a softmax.",
    instructor: "Binary cross-entropy per class instead of a softmax over them.",
    source: "MaxPoon/coursera-Advanced-Machine-Learning-specialization PR#4",
    variants: [
      byRow((row, { softplus, sigmoid }, sample) => {
        const z = scaled(row, sample);
        return {
          loss: sum(map(z, (logit, j) => softplus(logit) - row.t[j]! * logit)),
          gradient: map(z, (logit, j) => (sigmoid(logit) - row.t[j]!) / temperatureOf(sample)),
        };
      }),
    ],
  },
];
