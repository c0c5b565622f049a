import { numberOption } from "../task/sample.ts";
import { byRow, map, misread, type Shape } from "./mistake.ts";
import { against, scaled } from "./softmax.ts";

const losses = ["cross_entropy"];

/** The true derivative of −Σ t·log q for q = softmax(u(z)), with u's own derivative applied to q − t. */
const clipped = (epsilon: number, flat: boolean) =>
  byRow((row, arithmetic, sample) => {
    const p = arithmetic.softmax(scaled(row, sample));
    const q = map(p, (value) => Math.min(Math.max(value, epsilon), 1 - epsilon));
    const { loss } = against(row, q, arithmetic, sample);
    if (!flat) return { loss };
    const saturated = p[row.y]! < epsilon || p[row.y]! > 1 - epsilon;
    return { loss, gradient: saturated ? new Float64Array(p.length) : against(row, p, arithmetic, sample).gradient };
  });

const epsilons = [1e-7, 1e-8, 1e-12, 1e-15];
const large = [1e-4, 1e-3, 1e-2];

/** The binary cross-entropy with a number added in both logarithms. */
const addedToBoth = (epsilon: number) =>
  byRow(({ z, y }, { sigmoid, log }, sample) => {
    const weight = numberOption(sample, "pos_weight") || 1;
    return { loss: -(weight * y * log(sigmoid(z[0]!) + epsilon) + (1 - y) * log(sigmoid(-z[0]!) + epsilon)) };
  });

export const clippingMistakes: readonly Shape[] = [
  {
    id: "eps-clip",
    kind: "shape",
    tiny: true,
    losses,
    formula: "−log clip(p, ε, 1−ε), ε of 1e-7, 1e-8, 1e-12 or 1e-15",
    student:
      "Your numbers match probabilities that are clipped: compute from the logits, then nothing has to be clipped.",
    instructor:
      "Probabilities clipped before the logarithm: the loss ends near −ln ε, and the gradient may be 0 there.",
    source: "keras-team/keras#7563",
    variants: epsilons.flatMap((epsilon) => [clipped(epsilon, true), clipped(epsilon, false)]),
  },
  {
    id: "eps-added",
    kind: "shape",
    tiny: true,
    losses,
    formula: "−log(p + ε), ε of 1e-7, 1e-8, 1e-12 or 1e-15",
    student:
      "Your loss matches a small number added inside the logarithm: compute from the logits, then none is needed.",
    instructor: "−log(p + ε) instead of −log p.",
    source: "keras-team/keras#15249",
    variants: epsilons.map((epsilon) =>
      byRow((row, arithmetic, sample) => {
        const p = map(arithmetic.softmax(scaled(row, sample)), (value) => value + epsilon);
        return { loss: against(row, p, arithmetic, sample).loss };
      }),
    ),
  },
  misread(
    "eps-large",
    ["cross_entropy"],
    "−log(p + ε), ε of 1e-4 to 1e-2",
    "a number added inside the logarithm that is far too large: compute from the logits, then none is needed",
    [
      ...large.map((epsilon) =>
        byRow((row, arithmetic, sample) => {
          const p = map(arithmetic.softmax(scaled(row, sample)), (value) => value + epsilon);
          return { loss: against(row, p, arithmetic, sample).loss };
        }),
      ),
    ],
  ),
  misread(
    "eps-large-binary",
    ["binary_cross_entropy"],
    "−log(p + ε), ε of 1e-4 to 1e-2",
    "a number added inside the logarithm that is far too large: compute from the logits, then none is needed",
    [...large.map(addedToBoth)],
  ),
  {
    ...misread(
      "eps-added-binary",
      ["binary_cross_entropy"],
      "−log(p + ε), ε of 1e-7, 1e-8, 1e-12 or 1e-15",
      "a small number added inside the logarithm: compute from the logits, then none is needed",
      [...epsilons.map(addedToBoth)],
    ),
    tiny: true,
  },
];
