import type { Arithmetic } from "../task/arithmetic.ts";
import { greatest } from "../task/greatest.ts";
import { numberOption, type Row, type Sample } from "../task/sample.ts";
import { byRow, map, type Shape } from "./mistake.ts";
import { against, scaled } from "./softmax.ts";

const losses = ["cross_entropy"];

/** The same row under another label. */
const relabelled = (row: Row, sample: Sample, arithmetic: Arithmetic, change: (y: number) => number) => {
  const y = change(row.y);
  const p = arithmetic.softmax(scaled(row, sample));
  const moved = row.y - y;
  const t = map(row.t, (_, c) => row.t[(c + moved + row.t.length) % row.t.length]!);
  return against({ ...row, t, y }, p, arithmetic, sample);
};

const relabelling = (change: (y: number, classes: number) => number): Shape["variants"][number] => {
  const formula = byRow((row, arithmetic, sample) =>
    relabelled(row, sample, arithmetic, (y) => change(y, row.z.length)),
  );
  return (sample, arithmetic) => (sample.indexed ? formula(sample, arithmetic) : undefined);
};

/** The same row under another target. */
const retargeted = (target: (row: Row, sample: Sample) => Float64Array): Shape["variants"][number] =>
  byRow((row, arithmetic, sample) =>
    against({ ...row, t: target(row, sample) }, arithmetic.softmax(scaled(row, sample)), arithmetic, sample),
  );

const smoothed =
  (target: (mass: number, epsilon: number, classes: number) => number): Shape["variants"][number] =>
  (sample, arithmetic) => {
    const epsilon = numberOption(sample, "label_smoothing");
    if (!(epsilon > 0)) return undefined;
    const formula = retargeted((row) =>
      map(row.label, (mass, c) => (row.weights?.[c] ?? 1) * target(mass, epsilon, row.z.length)),
    );
    return formula(sample, arithmetic);
  };

export const labelMistakes: readonly Shape[] = [
  {
    id: "label-off-by-one-up",
    kind: "shape",
    losses,
    formula: "y + 1",
    student: "Your numbers match labels that are one too high: class numbers start at 0 here.",
    instructor: "Each label is taken one class up (modulo C, or kept at the last class).",
    source: "pytorch/pytorch#15666",
    variants: [
      relabelling((y, classes) => (y + 1) % classes),
      relabelling((y, classes) => Math.min(y + 1, classes - 1)),
    ],
  },
  {
    id: "label-off-by-one-down",
    kind: "shape",
    losses,
    formula: "y − 1",
    student: "Your numbers match labels that are one too low: class numbers start at 0 here.",
    instructor: "Each label is taken one class down (modulo C, or kept at the first class).",
    source: "tensorflow/tfjs PR#6018",
    variants: [relabelling((y, classes) => (y + classes - 1) % classes), relabelling((y) => Math.max(y - 1, 0))],
  },
  {
    id: "argmax-used-as-label",
    kind: "shape",
    losses,
    formula: "y = argmax z",
    student: "Your numbers match your own prediction taken for the label: use the label that is given.",
    instructor: "The label is replaced by argmax z.",
    source: "Definition of the loss.",
    variants: [
      byRow((row, arithmetic, sample) => relabelled(row, sample, arithmetic, () => row.z.indexOf(greatest(row.z)))),
    ],
  },
  {
    id: "label-smoothing-omitted",
    kind: "shape",
    losses,
    formula: "t = y",
    student: "Your numbers match hard labels: the task smooths them, (1−ε)·y + ε/C.",
    instructor: "label_smoothing is not applied.",
    source: "TimDettmers/ConvE#55",
    variants: [smoothed((mass) => mass)],
  },
  {
    id: "label-smoothing-k-minus-1",
    kind: "shape",
    losses,
    formula: "t = (1−ε) at y, ε/(C−1) elsewhere",
    student:
      "Your numbers match smoothing over the other C − 1 classes: here ε/C goes to every class, the true one too.",
    instructor: "ε is spread over C − 1 classes instead of all C.",
    source: "k2-fsa/icefall#107",
    variants: [smoothed((mass, epsilon, classes) => (1 - epsilon) * mass + ((1 - mass) * epsilon) / (classes - 1))],
  },
  {
    id: "label-smoothing-keeps-one",
    kind: "shape",
    losses,
    formula: "t = 1 at y, ε/C elsewhere",
    student: "Your numbers match a true class that keeps its whole mass: it gives up ε first, (1−ε)·y + ε/C.",
    instructor: "The true class is not reduced: the target sums to more than 1.",
    source: "ildoonet/pytorch-randaugment#30",
    variants: [
      smoothed((mass, epsilon, classes) => mass + ((1 - mass) * epsilon) / classes),
      smoothed((mass, epsilon, classes) => mass + epsilon / classes),
    ],
  },
  {
    id: "label-smoothing-eps-missing",
    kind: "shape",
    losses,
    formula: "t = (1−ε)·y + 1/C",
    student: "Your numbers match 1/C added to each class: it is ε/C.",
    instructor: "The uniform part lacks its factor ε.",
    source: "mindspore-ai/mindspore#73",
    variants: [smoothed((mass, epsilon, classes) => (1 - epsilon) * mass + 1 / classes)],
  },
  {
    id: "class-weights-omitted",
    kind: "shape",
    losses,
    formula: "w = 1",
    student: "Your numbers match a loss without class weights: the task gives some.",
    instructor: "class_weights are not used, in the loss nor in what a weighted mean divides by.",
    source: "pytorch/pytorch#8062",
    variants: [
      (sample, arithmetic) => {
        if (sample.rows.every(({ classWeight }) => classWeight === 1)) return undefined;
        const wrong = retargeted(({ t, weights }) => map(t, (mass, c) => mass / (weights?.[c] || 1)))(
          sample,
          arithmetic,
        );
        const unweighted = sample.weights.reduce((total, weight) => total + weight, 0);
        return { ...wrong, ...(sample.options["mean_over"] === "weights" && { denominator: unweighted }) };
      },
    ],
  },
  {
    id: "ignore-index-not-applied",
    kind: "shape",
    losses,
    formula: "ignored rows count",
    student:
      "Your numbers match ignored rows that were scored: a row with the ignore label gives loss 0 and gradient 0.",
    instructor:
      "Rows with ignore_index are scored as an ordinary class (the index modulo C, as Python's negative indices are).",
    source: "lucidrains/DALLE-pytorch#57",
    variants: [
      (sample, arithmetic) => {
        if (!sample.indexed || sample.rows.every(({ kept }) => kept)) return undefined;
        const wrong = byRow((row) =>
          relabelled(row, sample, arithmetic, (y) => ((y % row.z.length) + row.z.length) % row.z.length),
        )(sample, arithmetic);
        const weights = new Float64Array(sample.examples).fill(1);
        return { ...wrong, weights, ...(sample.denominator !== 1 && { denominator: sample.examples }) };
      },
    ],
  },
];
