// What the definitions of the divergences of a student from a target have in common.
import { Type } from "typebox";
import type { Example } from "./loss.ts";

/** The options of each, in the order of the kernels' first parameters. */
export const divergenceOptions = {
  temperature: Type.Number({
    default: 1,
    exclusiveMinimum: 0,
    description: "τ: the logits, and a teacher's, are divided by it.",
  }),
  scale_by_temperature_squared: Type.Boolean({
    default: false,
    description: "Multiplies loss and gradient by τ², so that a distillation's gradients keep their size.",
  }),
};

export const absentClassesNote =
  "A class that does not exist (−Infinity in logits, false in class_mask) has no share; class_mask is the teacher's mask too. Both sides may lack the same class.";

export const divergenceExamples: readonly [Example, Example] = [
  {
    summary: "Distributions as labels",
    request: {
      logits: [
        [2, 1, 0.1],
        [0.5, 0.2, -1],
      ],
      labels: [
        [0.1, 0.8, 0.1],
        [0.6, 0.3, 0.1],
      ],
      outputs: ["losses", "gradients", "probabilities"],
    },
  },
  {
    summary: "Distillation: a teacher's logits at temperature 2",
    request: {
      logits: [[2, 1, 0.1]],
      label_logits: [[3, 0.5, -1]],
      temperature: 2,
      scale_by_temperature_squared: true,
    },
  },
];
