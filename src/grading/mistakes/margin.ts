import { numberOption, type Row, type Sample } from "../task/sample.ts";
import { byRow, type Shape, sum } from "./mistake.ts";

const binary = ["hinge"];
const multiclass = ["multi_margin"];

/** max(0, m − t·z) and its derivative, for any sign t and margin. */
const hinge = (score: number, t: number, margin: number) => {
  const slack = margin - t * score;
  return slack > 0 ? { loss: slack, gradient: [-t] } : { loss: 0, gradient: [0] };
};

const marginOf = (sample: Sample) => numberOption(sample, "margin");

/** (w/C)·Σ_{j≠y} max(0, m − z_y + z_j)^p with its terms, so that a wrong one can leave some out. */
function violations({ z, y, classWeight }: Row, sample: Sample) {
  const [margin, power] = [marginOf(sample), numberOption(sample, "p")];
  const unit = classWeight / z.filter((logit) => logit > Number.NEGATIVE_INFINITY).length;
  const slacks = z.map((logit, j) => (j === y ? 0 : Math.max(0, margin - z[y]! + logit)));
  const terms = slacks.map((slack) => unit * (power === 2 ? slack * slack : slack));
  const slopes = slacks.map((slack) => (slack > 0 ? unit * (power === 2 ? 2 * slack : 1) : 0));
  return { unit, margin, power, slacks, terms, slopes };
}

export const marginMistakes: readonly Shape[] = [
  {
    id: "zero-one-labels-in-hinge",
    kind: "shape",
    losses: binary,
    formula: "max(0, m − y·z), y in {0, 1}",
    student: "Your numbers match labels 0 and 1 in the hinge: it takes −1 and 1.",
    instructor: "Negatives have y = 0: their loss is the margin, their gradient 0.",
    source: "keras-team/keras#15665",
    variants: [byRow(({ z, y }, _, sample) => hinge(z[0]!, y > 0 ? 1 : 0, marginOf(sample)))],
  },
  {
    id: "hinge-on-probability",
    kind: "shape",
    losses: binary,
    formula: "max(0, m − y·σ(z))",
    student: "Your numbers match the hinge of a probability: feed it the raw score.",
    instructor: "A sigmoid in front of the hinge, with or without its derivative.",
    source: "Lasagne/Lasagne#744",
    variants: [true, false].map((chain) =>
      byRow(({ z, y }, { sigmoid }, sample) => {
        const p = sigmoid(z[0]!);
        const { loss, gradient } = hinge(p, y, marginOf(sample));
        return { loss, gradient: [gradient[0]! * (chain ? p * (1 - p) : 1)] };
      }),
    ),
  },
  {
    id: "margin-omitted",
    kind: "shape",
    losses: binary,
    formula: "max(0, −y·z)",
    student: "Your numbers match a margin of 0, which is the perceptron's loss: the margin is missing.",
    instructor: "m = 0.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }) => hinge(z[0]!, y, 0))],
  },
  {
    id: "margin-sign-flipped",
    kind: "shape",
    losses: binary,
    formula: "max(0, m + y·z)",
    student: "Your numbers match m + y·z: inside the maximum stands m − y·z.",
    instructor: "The sign inside the maximum is reversed.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }, _, sample) => hinge(z[0]!, -y, marginOf(sample)))],
  },
  {
    id: "hinge-squared",
    kind: "shape",
    losses: binary,
    formula: "max(0, m − y·z)²",
    student: "Your numbers match the squared hinge: this task takes it without the square.",
    instructor: "squared_hinge instead of hinge.",
    source: "Definition of the loss.",
    variants: [
      byRow(({ z, y }, _, sample) => {
        const { loss, gradient } = hinge(z[0]!, y, marginOf(sample));
        return { loss: loss * loss, gradient: [2 * loss * gradient[0]!] };
      }),
    ],
  },
  {
    id: "hinge-square-missing",
    kind: "shape",
    losses: ["squared_hinge"],
    formula: "max(0, m − y·z)",
    student: "Your numbers match the hinge without its square: this task squares it.",
    instructor: "hinge instead of squared_hinge.",
    source: "Definition of the loss.",
    variants: [byRow(({ z, y }, _, sample) => hinge(z[0]!, y, marginOf(sample)))],
  },
  {
    id: "grad-mask-missing",
    kind: "shape",
    losses: binary,
    formula: "−y everywhere",
    student: "Your gradient matches −y everywhere: once the margin is met, there is none.",
    instructor: "The indicator [y·z < m] is missing from the gradient.",
    source: "Definition of the loss.",
    variants: [byRow(({ y }) => ({ gradient: [-y] }))],
  },
  {
    id: "clamp-missing",
    kind: "shape",
    losses: binary,
    formula: "m − y·z",
    student: "Your loss matches m − y·z below 0 too: the maximum with 0 is missing.",
    instructor: "No clamp at 0: well classified examples earn negative loss.",
    source: "Definition of the loss.",
    variants: [true, false].map((withGradient) =>
      byRow(({ z, y }, _, sample) => ({
        loss: marginOf(sample) - y * z[0]!,
        ...(withGradient && { gradient: [-y] }),
      })),
    ),
  },
  {
    id: "correct-class-not-skipped",
    kind: "shape",
    losses: multiclass,
    formula: "Σ_j max(0, m − z_y + z_j), j = y too",
    student: "Your loss matches a sum that holds the true class too: skip j = y, or each row gains the margin.",
    instructor: "The term j = y adds the margin to every row.",
    source: "CS231n, SVM exercise.",
    variants: [
      byRow((row, _, sample) => {
        const { terms, unit, margin, power } = violations(row, sample);
        return { loss: sum(terms) + unit * (power === 2 ? margin * margin : margin) };
      }),
    ],
  },
  {
    id: "correct-class-grad-missing",
    kind: "shape",
    losses: multiclass,
    formula: "g_y = 0",
    student: "Your gradient matches one without the true class: it gets minus the sum of the others.",
    instructor: "g_y = 0.",
    source: "CS231n, SVM exercise.",
    variants: [byRow((row, _, sample) => ({ gradient: violations(row, sample).slopes }))],
  },
  {
    id: "correct-class-grad-minus-one",
    kind: "shape",
    losses: multiclass,
    formula: "g_y = −1 violation",
    student: "Your gradient matches one violation at the true class: count every violated margin there.",
    instructor: "g_y counts one violation instead of all of them.",
    source: "CS231n, SVM exercise.",
    variants: [
      byRow((row, _, sample) => {
        const { slopes, unit } = violations(row, sample);
        const gradient = Float64Array.from(slopes);
        gradient[row.y] = sum(slopes) > 0 ? -unit : 0;
        return { gradient };
      }),
    ],
  },
  {
    id: "max-instead-of-sum",
    kind: "shape",
    losses: multiclass,
    formula: "max_{j≠y} instead of Σ_{j≠y}",
    student: "Your numbers match the worst class alone: sum over all classes that violate the margin.",
    instructor: "Crammer–Singer (multiclass_hinge) instead of Weston–Watkins.",
    source: "Definition of the loss.",
    variants: [
      byRow((row, _, sample) => {
        const { terms, slopes } = violations(row, sample);
        const worst = terms.indexOf(terms.reduce((most, term) => Math.max(most, term), 0));
        const gradient = new Float64Array(terms.length);
        gradient[worst] = slopes[worst]!;
        if (slopes[worst]! > 0) gradient[row.y] = -slopes[worst]!;
        return { loss: terms[worst]!, gradient };
      }),
    ],
  },
  {
    id: "sum-instead-of-max",
    kind: "shape",
    losses: ["multiclass_hinge"],
    formula: "Σ_{j≠y} instead of max_{j≠y}",
    student: "Your numbers match the sum over all violating classes: this task takes the worst one.",
    instructor: "Weston–Watkins (multi_margin) instead of Crammer–Singer.",
    source: "Definition of the loss.",
    variants: [
      byRow((row, _, sample) => {
        const slacks = row.z.map((z, j) => (j === row.y ? 0 : Math.max(0, marginOf(sample) - row.z[row.y]! + z)));
        const gradient = slacks.map((slack) => (slack > 0 ? 1 : 0));
        gradient[row.y] = -sum(gradient);
        return { loss: sum(slacks), gradient };
      }),
    ],
  },
];
