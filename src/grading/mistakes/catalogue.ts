import { binaryMistakes } from "./binary.ts";
import { binaryTermMistakes } from "./binary_terms.ts";
import { classMarginTermMistakes } from "./class_margin_terms.ts";
import { classWeightMistakes } from "./class_weight_terms.ts";
import { clippingMistakes } from "./clipping.ts";
import { conventionMistakes } from "./conventions.ts";
import { distanceTermMistakes } from "./distance_terms.ts";
import { divergenceMistakes } from "./divergence.ts";
import { divergenceTermMistakes } from "./divergence_terms.ts";
import { focalMistakes } from "./focal.ts";
import { focalTermMistakes } from "./focal_terms.ts";
import { formMistakes } from "./forms.ts";
import { labelMistakes } from "./labels.ts";
import { linearMistakes, penaltyMistakes } from "./linear.ts";
import { marginMistakes } from "./margin.ts";
import { marginTermMistakes } from "./margin_terms.ts";
import type { Factor, Form, Mistake, Penalty, Shape } from "./mistake.ts";
import { overflowMistakes } from "./overflow.ts";
import { reductionMistakes } from "./reduction.ts";
import { regressionMistakes } from "./regression.ts";
import { softmaxMistakes } from "./softmax.ts";
import { softmaxFocalMistakes } from "./softmax_focal.ts";
import { softmaxTermMistakes } from "./softmax_terms.ts";
import { temperatureMistakes } from "./temperature.ts";

export const shapes: readonly Shape[] = [
  ...softmaxMistakes,
  ...labelMistakes,
  ...clippingMistakes,
  ...overflowMistakes,
  ...binaryMistakes,
  ...focalMistakes,
  ...softmaxFocalMistakes,
  ...marginMistakes,
  ...regressionMistakes,
  ...divergenceMistakes,
  ...softmaxTermMistakes,
  ...classWeightMistakes,
  ...binaryTermMistakes,
  ...focalTermMistakes,
  ...marginTermMistakes,
  ...classMarginTermMistakes,
  ...distanceTermMistakes,
  ...divergenceTermMistakes,
];
export const factors: readonly Factor[] = [...reductionMistakes, ...conventionMistakes, ...temperatureMistakes];
export const forms: readonly Form[] = [...formMistakes, ...linearMistakes];
export const penalties: readonly Penalty[] = penaltyMistakes;

/** Every mistake that can be named. */
export const mistakes: readonly Mistake[] = [...shapes, ...factors, ...forms, ...penalties];

const byId = new Map(mistakes.map((mistake) => [mistake.id, mistake]));

export function findMistake(id: string): Mistake | undefined {
  return byId.get(id);
}
