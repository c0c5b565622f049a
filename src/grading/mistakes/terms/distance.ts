import type { Arithmetic } from "../../task/arithmetic.ts";
import { numberOption, type Sample } from "../../task/sample.ts";
import { byRow, misread, type Shape } from "../mistake.ts";

type Variant = Shape["variants"][number];
type Numbers = { loss?: number; gradient?: number };

const of = (formula: (z: number, y: number, arithmetic: Arithmetic, sample: Sample) => Numbers): Variant =>
  byRow(({ z, y }, arithmetic, sample) => {
    const { loss, gradient } = formula(z[0]!, y, arithmetic, sample);
    return { ...(loss !== undefined && { loss }), ...(gradient !== undefined && { gradient: [gradient] }) };
  });

const square = ["mse"];
const brier = ["mse_sigmoid"];
const huber = ["huber"];
const poisson = ["poisson_nll"];

/** Error, threshold and the two branches of Huber's loss. */
const ofHuber = (formula: (d: number, delta: number, isSmall: boolean) => Numbers): Variant =>
  of((z, y, _, sample) => {
    const delta = numberOption(sample, "delta");
    return formula(z - y, delta, Math.abs(z - y) <= delta);
  });
const huberOf = (d: number, delta: number) =>
  Math.abs(d) <= delta
    ? { loss: 0.5 * d * d, gradient: d }
    : { loss: delta * (Math.abs(d) - 0.5 * delta), gradient: delta * Math.sign(d) };

/** The slope of a squared error of σ(z), with another derivative of the sigmoid. */
const withSlope = (slope: (p: number, z: number, arithmetic: Arithmetic) => number): Variant =>
  of((z, y, arithmetic) => {
    const p = arithmetic.sigmoid(z);
    return { gradient: 2 * (p - y) * slope(p, z, arithmetic) };
  });

export const distanceTermMistakes: readonly Shape[] = [
  misread("plus-for-minus", square, "(z + y)²", "the sum of prediction and label: take their difference", [
    of((z, y) => ({ loss: (z + y) ** 2, gradient: 2 * (z + y) })),
  ]),
  misread("squares-subtracted", square, "z² − y²", "a difference of squares: it is the square of the difference", [
    of((z, y) => ({ loss: z * z - y * y })),
  ]),
  misread("error-cubed", square, "(z − y)³", "the third power of the error: it is the second", [
    of((z, y) => ({ loss: (z - y) ** 3 })),
  ]),
  misread("relative-error", square, "((z − y)/y)²", "an error relative to the label: it is taken as it is", [
    of((z, y) => ({ loss: ((z - y) / y) ** 2 })),
  ]),
  misread(
    "grad-times-prediction",
    square,
    "2(z − y)·z",
    "a slope times the prediction: that factor belongs to a weight's gradient",
    [of((z, y) => ({ gradient: 2 * (z - y) * z }))],
  ),
  misread("brier-slope-of-logits", brier, "σ′ = z(1 − z)", "a slope z(1 − z) of the logit: it is σ(z)·(1 − σ(z))", [
    withSlope((_p, z) => z * (1 - z)),
  ]),
  misread(
    "brier-slope-of-activation",
    brier,
    "σ′ = σ(a)(1 − σ(a))",
    "a sigmoid that was applied once more in its slope: it is a·(1 − a)",
    [withSlope((p, _z, { sigmoid }) => sigmoid(p) * (1 - sigmoid(p)))],
  ),
  misread("brier-slope-half", brier, "σ′ = 1 − a", "a slope 1 − a: it is a·(1 − a)", [
    withSlope((p) => 1 - p),
    withSlope((p) => p),
  ]),
  misread(
    "brier-slope-of-tanh",
    brier,
    "σ′ = 1 − a²",
    "the slope of a hyperbolic tangent: the sigmoid's is a·(1 − a)",
    [withSlope((p) => 1 - p * p)],
  ),
  misread(
    "brier-cross-entropy",
    brier,
    "−log p",
    "the cross-entropy: the task asks for the squared error of the probability",
    [
      of((z, y, { softplus }) => ({ loss: y * softplus(-z) + (1 - y) * softplus(z) })),
      of((z, y, { softplus, sigmoid }) => ({
        loss: y * softplus(-z) + (1 - y) * softplus(z),
        gradient: sigmoid(z) - y,
      })),
    ],
  ),
  misread("brier-sigmoid-minus-missing", brier, "1/(1 + e^z)", "a sigmoid without its minus: it is 1/(1 + e^−z)", [
    of((z, y, { sigmoid }) => ({
      loss: (sigmoid(-z) - y) ** 2,
      gradient: 2 * (sigmoid(-z) - y) * sigmoid(z) * sigmoid(-z),
    })),
  ]),
  misread(
    "brier-slope-of-logits-alone",
    brier,
    "d = z − y, σ′ = z(1 − z)",
    "a logit taken for the activation: apply the sigmoid first",
    [of((z, y) => ({ loss: (z - y) ** 2, gradient: 2 * (z - y) * z * (1 - z) }))],
  ),
  misread("huber-half-missing", huber, "d² within δ", "the whole square within δ: it is half of it there", [
    ofHuber((d, delta, isSmall) => ({ loss: isSmall ? d * d : huberOf(d, delta).loss })),
    ofHuber((d, delta, isSmall) => (isSmall ? { loss: d * d, gradient: 2 * d } : huberOf(d, delta))),
  ]),
  misread("huber-delta-missing", huber, "|d| − ½δ beyond δ", "a straight line without its slope δ beyond δ", [
    ofHuber((d, delta, isSmall) =>
      isSmall ? huberOf(d, delta) : { loss: Math.abs(d) - 0.5 * delta, gradient: Math.sign(d) },
    ),
    ofHuber((d, _delta, isSmall) => ({ gradient: isSmall ? d : Math.sign(d) })),
  ]),
  misread("huber-sign-missing", huber, "g = δ beyond δ", "a slope of δ on both sides: it has the sign of the error", [
    ofHuber((d, delta, isSmall) => ({ gradient: isSmall ? d : delta })),
  ]),
  misread("huber-delta-one", huber, "δ = 1", "a threshold of 1: the task gives another δ", [
    ofHuber((d) => huberOf(d, 1)),
  ]),
  misread(
    "huber-absolute-missing",
    huber,
    "d ≤ δ for |d| ≤ δ",
    "a test of the error without its absolute value: large negative errors are linear too",
    [ofHuber((d, delta) => (d <= delta ? { loss: 0.5 * d * d, gradient: d } : huberOf(d, delta)))],
  ),
  misread("huber-branches-exchanged", huber, "½d² beyond δ", "the two branches exchanged: the square is within δ", [
    ofHuber((d, delta, isSmall) =>
      isSmall
        ? { loss: delta * (Math.abs(d) - 0.5 * delta), gradient: delta * Math.sign(d) }
        : { loss: 0.5 * d * d, gradient: d },
    ),
  ]),
  misread("huber-offset-doubled", huber, "δ·|d| − δ² beyond δ", "δ² taken off beyond δ: it is half of that", [
    ofHuber((d, delta, isSmall) => ({ loss: isSmall ? 0.5 * d * d : delta * Math.abs(d) - delta * delta })),
  ]),
  misread("poisson-rate-is-logit", poisson, "z − y·z", "the logit taken for the rate: the rate is e^z", [
    of((z, y) => ({ loss: z - y * z, gradient: z - y })),
    of((z, y) => ({ gradient: z - y })),
  ]),
  misread("poisson-log-of-absolute", poisson, "z − y·log |z|", "the rate taken for z itself: here the rate is e^z", [
    of((z, y, { log }) => ({ loss: z - y * log(Math.abs(z)) })),
  ]),
  misread(
    "poisson-rate-times-count",
    poisson,
    "e^z − y·e^z",
    "the rate times the count: it is the rate's logarithm times the count",
    [of((z, y, { exp }) => ({ loss: exp(z) * (1 - y) }))],
  ),
  misread("poisson-grad-by-rate", poisson, "1 − y/e^z", "the derivative by the rate: go on to its logarithm", [
    of((z, y, { exp }) => ({ gradient: 1 - y / exp(z) })),
  ]),
  misread("poisson-rate-missing", poisson, "−y·z", "the second term alone: the rate is missing", [
    of((z, y) => ({ loss: -y * z })),
  ]),
];
