import { binaryMistakes } from "./binary.ts";
import { clippingMistakes } from "./clipping.ts";
import { divergenceMistakes } from "./divergence.ts";
import { conventionMistakes } from "./factors/conventions.ts";
import { reductionMistakes } from "./factors/reduction.ts";
import { temperatureMistakes } from "./factors/temperature.ts";
import { focalMistakes } from "./focal.ts";
import { formMistakes } from "./forms.ts";
import { labelMistakes } from "./labels.ts";
import { linearMistakes, penaltyMistakes } from "./linear.ts";
import { marginMistakes } from "./margin.ts";
import type { Factor, Form, Mistake, Penalty, Shape } from "./mistake.ts";
import { overflowMistakes } from "./overflow.ts";
import { regressionMistakes } from "./regression.ts";
import { softmaxMistakes } from "./softmax.ts";
import { softmaxFocalMistakes } from "./softmax_focal.ts";
import { binaryTermMistakes } from "./terms/binary.ts";
import { classMarginTermMistakes } from "./terms/class_margin.ts";
import { classWeightMistakes } from "./terms/class_weights.ts";
import { distanceTermMistakes } from "./terms/distance.ts";
import { divergenceTermMistakes } from "./terms/divergence.ts";
import { focalTermMistakes } from "./terms/focal.ts";
import { marginTermMistakes } from "./terms/margin.ts";
import { softmaxTermMistakes } from "./terms/softmax.ts";

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
