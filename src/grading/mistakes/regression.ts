import { numberOption, type Sample } from "../task/sample.ts";
import { byRow, type Shape } from "./mistake.ts";

const squares = ["mse"];

/**
 * Every pair of a prediction and a label, which is what (N, 1) against (N) broadcasts to. By the labels' mean and variance:
 * a pair at a time, a large batch would take minutes.
 */
const broadcast: Shape["variants"][number] = (sample) => {
  const { rows, examples } = sample;
  const mean = meanOf(rows.map(({ y }) => y));
  const variance = meanOf(rows.map(({ y }) => (y - mean) ** 2));
  const scale = scaleOf(sample);
  const losses = new Float64Array(examples);
  const gradients = new Float64Array(examples);
  for (const [i, { z }] of rows.entries()) {
    const d = z[0]! - mean;
    losses[i] = scale * (d * d + variance);
    gradients[i] = 2 * scale * d;
  }
  return { losses, gradients };
};

const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const scaleOf = (sample: Sample) => {
  const scale = numberOption(sample, "scale");
  return Number.isNaN(scale) ? 1 : scale;
};

export const regressionMistakes: readonly Shape[] = [
  {
    id: "broadcast-n-by-n",
    kind: "shape",
    losses: squares,
    formula: "mean over i, j of (z_i − y_j)²",
    student: "Your numbers match every prediction against every label: shapes (N, 1) and (N) broadcast to N×N.",
    instructor: "Predictions and labels of different rank were subtracted.",
    source: "pytorch/pytorch#16045",
    variants: [broadcast],
  },
  {
    id: "square-missing",
    kind: "shape",
    losses: squares,
    formula: "z − y",
    student: "Your numbers match the plain difference: square it.",
    instructor: "The error itself instead of its square.",
    source: "fastai/fastbook PR#327",
    variants: [byRow(({ z, y }) => ({ loss: z[0]! - y, gradient: [1] }))],
  },
  {
    id: "absolute-error",
    kind: "shape",
    losses: squares,
    formula: "|z − y|",
    student: "Your numbers match the absolute error: this task squares it.",
    instructor: "l1 instead of mse.",
    source: "fastai/fastbook PR#327",
    variants: [byRow(({ z, y }) => ({ loss: Math.abs(z[0]! - y), gradient: [Math.sign(z[0]! - y)] }))],
  },
  {
    id: "squared-error",
    kind: "shape",
    losses: ["l1"],
    formula: "(z − y)²",
    student: "Your numbers match the squared error: this task takes its absolute value.",
    instructor: "mse instead of l1.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }) => ({ loss: (z[0]! - y) ** 2, gradient: [2 * (z[0]! - y)] }))],
  },
  {
    id: "huber-without-threshold",
    kind: "shape",
    losses: ["huber"],
    formula: "½(z − y)² everywhere",
    student: "Your numbers match half the square beyond δ too: there the loss goes on as a straight line.",
    instructor: "The linear branch is missing.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }) => ({ loss: (z[0]! - y) ** 2 / 2, gradient: [z[0]! - y] }))],
  },
  {
    id: "huber-linear-offset-missing",
    kind: "shape",
    losses: ["huber"],
    formula: "δ·|z − y| beyond δ",
    student: "Your loss matches δ·|z − y| beyond δ: take ½δ² off, or it jumps there.",
    instructor: "The linear branch lacks −½δ².",
    source: "Definition of the loss.",
    variants: [
      byRow(({ z, y }, _, sample) => {
        const [d, delta] = [Math.abs(z[0]! - y), numberOption(sample, "delta")];
        return { loss: d <= delta ? (d * d) / 2 : delta * d };
      }),
    ],
  },
  {
    id: "mse-on-logits",
    kind: "shape",
    losses: ["mse_sigmoid"],
    formula: "(z − y)²",
    student: "Your numbers match the squared error of the logit: apply the sigmoid first.",
    instructor: "mse instead of mse_sigmoid.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }) => ({ loss: (z[0]! - y) ** 2, gradient: [2 * (z[0]! - y)] }))],
  },
  {
    id: "sigmoid-derivative-missing",
    kind: "shape",
    losses: ["mse_sigmoid"],
    formula: "2(σ(z) − y)",
    student: "Your gradient matches the derivative by the probability: multiply by σ(z)·(1 − σ(z)).",
    instructor: "The chain rule's σ′ is missing.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }, { sigmoid }) => ({ gradient: [2 * (sigmoid(z[0]!) - y)] }))],
  },
  {
    id: "poisson-rate-not-exponential",
    kind: "shape",
    losses: ["poisson_nll"],
    formula: "z − y·log z",
    student: "Your numbers match the rate taken for z itself: here the rate is e^z.",
    instructor: "log_input is off: z − y·log z.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }, { log }) => ({ loss: z[0]! - y * log(z[0]!), gradient: [1 - y / z[0]!] }))],
  },
];
