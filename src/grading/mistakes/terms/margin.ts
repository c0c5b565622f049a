import type { Arithmetic } from "../../task/arithmetic.ts";
import { numberOption } from "../../task/sample.ts";
import { byRow, misread, type Shape } from "../mistake.ts";

type Variant = Shape["variants"][number];
type Numbers = { loss?: number; gradient?: number };

/** A formula of score z, label ±1 and what is left of the margin, for hinge and its square alike. */
const ofSlack = (
  formula: (z: number, y: number, slack: number, power: (slack: number) => { loss: number; slope: number }) => Numbers,
): Variant =>
  byRow(({ z, y }, _, sample) => {
    const isSquared = sample.loss.name === "squared_hinge";
    const power = (slack: number) =>
      isSquared ? { loss: slack * slack, slope: 2 * slack } : { loss: slack, slope: 1 };
    const { loss, gradient } = formula(z[0]!, y, numberOption(sample, "margin") - y * z[0]!, power);
    return { ...(loss !== undefined && { loss }), ...(gradient !== undefined && { gradient: [gradient] }) };
  });

const hinges = ["hinge", "squared_hinge"];
const hinge = ["hinge"];
const squared = ["squared_hinge"];
const soft = ["soft_margin"];

const ofScore = (formula: (z: number, y: number, arithmetic: Arithmetic) => Numbers): Variant =>
  byRow(({ z, y }, arithmetic) => {
    const { loss, gradient } = formula(z[0]!, y, arithmetic);
    return { ...(loss !== undefined && { loss }), ...(gradient !== undefined && { gradient: [gradient] }) };
  });

export const marginTermMistakes: readonly Shape[] = [
  misread(
    "margin-sign-in-loss",
    hinges,
    "max(0, m + y·z), slope −y",
    "m + y·z inside the maximum, with the slope of m − y·z: inside stands m − y·z",
    [
      ofSlack((z, y, slack, power) => {
        const wrong = slack + 2 * y * z;
        return wrong > 0 ? { loss: power(wrong).loss, gradient: -y * power(wrong).slope } : { loss: 0, gradient: 0 };
      }),
    ],
  ),
  misread("margin-doubled", hinges, "max(0, 2m − y·z)", "a margin that is twice the task's", [
    byRow(({ z, y }, _, sample) => {
      const slack = 2 * numberOption(sample, "margin") - y * z[0]!;
      const power = sample.loss.name === "squared_hinge" ? slack : 1;
      return slack > 0
        ? { loss: slack * power, gradient: [-y * (power === 1 ? 1 : 2 * slack)] }
        : { loss: 0, gradient: [0] };
    }),
  ]),
  misread(
    "label-missing-in-margin",
    hinges,
    "max(0, m − z)",
    "m − z for every example: the label stands before the score",
    [
      ofSlack((z, y, slack, power) => {
        const wrong = slack + y * z - z;
        return wrong > 0 ? { loss: power(wrong).loss, gradient: -y * power(wrong).slope } : { loss: 0, gradient: 0 };
      }),
    ],
  ),
  misread(
    "label-missing-in-margin-gradient",
    hinges,
    "−1 where y·z < m",
    "−1 for every example within its margin: it is minus the label",
    [ofSlack((_z, _y, slack, power) => ({ gradient: slack > 0 ? -power(slack).slope : 0 }))],
  ),
  misread(
    "mask-forgets-label",
    hinges,
    "−y where z < m",
    "a slope where the score is below the margin: compare y·z with it",
    [ofSlack((z, y, slack, power) => ({ gradient: slack + y * z - z > 0 ? -y * power(slack).slope : 0 }))],
  ),
  misread("mask-inverted", hinges, "−y where y·z ≥ m", "a slope where the margin is met: it belongs where it is not", [
    ofSlack((_z, y, slack, power) => ({ gradient: slack <= 0 ? -y * power(slack).slope : 0 })),
  ]),
  misread(
    "one-label-never-clamped",
    hinges,
    "m − y·z for one label",
    "m − y·z below 0 too, for one of the labels: both are clamped",
    [
      ...[1, -1].map((label) =>
        ofSlack((_z, y, slack, power) =>
          y === label || slack > 0
            ? { loss: power(slack).loss, gradient: -y * power(slack).slope }
            : { loss: 0, gradient: 0 },
        ),
      ),
    ],
  ),
  misread(
    "grad-times-score",
    hinges,
    "−y·z",
    "a slope that is multiplied by the score: by the score itself the derivative is minus the label",
    [ofSlack((z, y, slack, power) => ({ gradient: slack > 0 ? -y * z * power(slack).slope : 0 }))],
  ),
  misread("absolute-for-clamp", hinge, "|m − y·z|", "the absolute value of m − y·z: take the maximum with 0", [
    ofSlack((_z, _y, slack) => ({ loss: Math.abs(slack) })),
  ]),
  misread("logistic-for-hinge", hinge, "log(1 + e^−yz)", "the logistic loss: the task asks for the hinge", [
    ofScore((z, y, { softplus }) => ({ loss: softplus(-y * z) })),
    ofScore((z, y, { softplus, sigmoid }) => ({ loss: softplus(-y * z), gradient: -y * sigmoid(-y * z) })),
  ]),
  misread(
    "squared-hinge-never-clamped",
    squared,
    "(m − y·z)²",
    "the square of m − y·z where the margin is met too: take the maximum with 0 first",
    [
      ofSlack((_z, _y, slack) => ({ loss: slack * slack })),
      ofSlack((_z, y, slack) => ({ loss: slack * slack, gradient: -2 * y * slack })),
      ofSlack((_z, y, slack) => ({ gradient: -2 * y * slack })),
    ],
  ),
  misread("squared-hinge-margin-omitted", squared, "max(0, −y·z)²", "a margin of 0: the margin is missing", [
    ofScore((z, y) => (y * z < 0 ? { loss: z * z, gradient: 2 * z } : { loss: 0, gradient: 0 })),
  ]),
  misread(
    "squared-hinge-slope-constant",
    squared,
    "−2y",
    "a slope without what is left of the margin: differentiating the square leaves max(0, m − y·z)",
    [
      ofSlack((_z, y, slack) => ({ gradient: slack > 0 ? -2 * y : 0 })),
      ofSlack((_z, y, slack) => ({ gradient: slack > 0 ? -y : 0 })),
    ],
  ),
  misread(
    "soft-margin-sign",
    soft,
    "log(1 + e^{yz})",
    "e^{yz} in place of e^{−yz}: a right prediction has a small loss",
    [
      ofScore((z, y, { softplus }) => ({ loss: softplus(y * z) })),
      ofScore((z, y, { softplus, sigmoid }) => ({ loss: softplus(y * z), gradient: -y * sigmoid(y * z) })),
      ofScore((z, y, { softplus, sigmoid }) => ({ loss: softplus(y * z), gradient: y * sigmoid(y * z) })),
      ofScore((z, y, { sigmoid }) => ({ gradient: -y * sigmoid(y * z) })),
    ],
  ),
  misread("soft-margin-label-missing", soft, "−σ(−yz)", "a slope without its label: it is −y·σ(−yz)", [
    ofScore((z, y, { sigmoid }) => ({ gradient: -sigmoid(-y * z) })),
  ]),
  misread("soft-margin-one-missing", soft, "log e^{−yz}", "−y·z: the 1 inside the logarithm is missing", [
    ofScore((z, y) => ({ loss: -y * z })),
  ]),
  misread("zero-one-labels-in-soft-margin", soft, "y in {0, 1}", "labels 0 and 1: they are −1 and 1 here", [
    ofScore((z, y, { softplus, sigmoid }) =>
      y > 0 ? { loss: softplus(-z), gradient: -sigmoid(-z) } : { loss: softplus(0), gradient: 0 },
    ),
  ]),
];
