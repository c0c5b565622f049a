import type { Arithmetic } from "../../task/arithmetic.ts";
import { numberOption, type Sample } from "../../task/sample.ts";
import { byRow, map, misread, type Shape } from "../mistake.ts";

const focal = ["focal"];
const rows = ["softmax_focal"];
type Variant = Shape["variants"][number];

/** One example of the focal loss of a signed logit: p, q = 1 − p, its surprise −log p and α_t. */
const of = (
  formula: (
    one: { p: number; q: number; surprise: number; alpha: number; gamma: number; sign: number },
    arithmetic: Arithmetic,
  ) => { loss?: number; gradient?: number },
): Variant =>
  byRow(({ z, y }, arithmetic, sample) => {
    const sign = y > 0 ? 1 : -1;
    const given = numberOption(sample, "alpha");
    const alpha = Number.isNaN(given) ? 1 : y > 0 ? given : 1 - given;
    const { sigmoid, softplus } = arithmetic;
    const s = sign * z[0]!;
    const one = {
      p: sigmoid(s),
      q: sigmoid(-s),
      surprise: softplus(-s),
      alpha,
      gamma: numberOption(sample, "gamma"),
      sign,
    };
    const { loss, gradient } = formula(one, arithmetic);
    return { ...(loss !== undefined && { loss }), ...(gradient !== undefined && { gradient: [gradient] }) };
  });

/** α·q^γ·(−log p) and its derivative by z. */
const focalOf = (
  { p, q, surprise, alpha, sign }: { p: number; q: number; surprise: number; alpha: number; sign: number },
  gamma: number,
  { pow }: Arithmetic,
) => ({ loss: alpha * pow(q, gamma) * surprise, gradient: -sign * alpha * pow(q, gamma) * (gamma * p * surprise + q) });

const plain = (alphaToo: boolean): Variant =>
  of(({ q, surprise, alpha, sign }) => {
    const weight = alphaToo ? 1 : alpha;
    return { loss: weight * surprise, gradient: -sign * weight * q };
  });

/** The examples' sum divided by the sum of their α. */
const dividedByAlpha: Variant = (sample: Sample, arithmetic) => {
  const alpha = numberOption(sample, "alpha");
  if (Number.isNaN(alpha) || sample.options["reduction"] !== "mean") return undefined;
  const total = sample.rows.reduce((sum, { y, kept }) => sum + (kept ? (y > 0 ? alpha : 1 - alpha) : 0), 0);
  const own = of((one, a) => focalOf(one, one.gamma, a))(sample, arithmetic);
  return own && { ...own, denominator: total };
};

const ofRow = (
  formula: (
    p: Float64Array,
    y: number,
    gamma: number,
    arithmetic: Arithmetic,
  ) => ReturnType<Parameters<typeof byRow>[0]>,
): Variant =>
  byRow(({ z, y }, arithmetic, sample) => formula(arithmetic.softmax(z), y, numberOption(sample, "gamma"), arithmetic));

export const focalTermMistakes: readonly Shape[] = [
  misread("focal-gamma-one-less", focal, "γ − 1", "an exponent that is one less than γ", [
    of((one, a) => focalOf(one, one.gamma - 1, a)),
    of((one, a) => ({ loss: focalOf(one, one.gamma - 1, a).loss })),
    of(({ p, q, surprise, alpha, gamma, sign }, { pow }) => ({
      loss: alpha * pow(q, gamma - 1) * surprise,
      gradient: -sign * alpha * pow(q, gamma - 1) * (gamma * p * surprise + q),
    })),
  ]),
  misread("focal-gamma-two", focal, "γ = 2", "γ = 2: the task gives another γ", [of((one, a) => focalOf(one, 2, a))]),
  misread("focal-plain", focal, "−log p_t", "plain binary cross-entropy: neither γ nor α is used", [plain(true)]),
  misread(
    "focal-plain-gradient",
    focal,
    "p − y",
    "the gradient of plain cross-entropy: the power of 1 − p_t has a derivative of its own",
    [of(({ q, sign }) => ({ gradient: -sign * q })), of(({ q, sign, alpha }) => ({ gradient: -sign * alpha * q }))],
  ),
  misread(
    "focal-grad-sign-of-label-missing",
    focal,
    "the sign of 2y − 1 missing",
    "a slope by p_t: for a negative example it has the other sign",
    [of((one, a) => ({ gradient: one.sign * focalOf(one, one.gamma, a).gradient }))],
  ),
  misread(
    "focal-grad-by-probabilities",
    focal,
    "∂L/∂p_t",
    "the derivative by the probability: go on through the sigmoid to the logit",
    [
      of(({ p, q, surprise, alpha, gamma, sign }, { pow }) => ({
        gradient: -sign * alpha * pow(q, gamma) * ((gamma * surprise) / q + 1 / p),
      })),
    ],
  ),
  misread(
    "focal-divided-by-alpha",
    focal,
    "ΣL / Σα",
    "a division by the sum of α: this task divides by the number of examples",
    [dividedByAlpha],
  ),
  misread("softmax-focal-gamma-one-less", rows, "γ − 1", "an exponent that is one less than γ", [
    ofRow((p, y, gamma, { log, pow }) => ({ loss: -pow(1 - p[y]!, gamma - 1) * log(p[y]!) })),
  ]),
  misread("softmax-focal-gamma-two", rows, "γ = 2", "γ = 2: the task gives another γ", [
    ofRow((p, y, _gamma, { log }) => {
      const [q, own] = [1 - p[y]!, p[y]!];
      const slope = q * q - 2 * q * own * log(own);
      return { loss: -q * q * log(own), gradient: map(p, (value, j) => slope * (value - (j === y ? 1 : 0))) };
    }),
  ]),
  misread(
    "softmax-focal-plain-gradient",
    rows,
    "p − y",
    "the gradient of plain cross-entropy: the power of 1 − p_y has a derivative of its own",
    [ofRow((p, y) => ({ gradient: map(p, (value, j) => value - (j === y ? 1 : 0)) }))],
  ),
  misread(
    "softmax-focal-grad-by-probabilities",
    rows,
    "∂L/∂p_y",
    "the derivative by the probability: go on through the softmax to the logits",
    [
      ofRow((p, y, gamma, { log, pow }) => {
        const [q, own] = [1 - p[y]!, p[y]!];
        const slope = pow(q, gamma) / own - gamma * pow(q, gamma - 1) * log(own);
        return { gradient: map(p, (_, j) => (j === y ? -slope : 0)) };
      }),
    ],
  ),
];
