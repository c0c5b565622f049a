import { binaryMistakes } from "./binary.ts";
import { clippingMistakes } from "./clipping.ts";
import { conventionMistakes } from "./conventions.ts";
import { divergenceMistakes } from "./divergence.ts";
import { focalMistakes } from "./focal.ts";
import { formMistakes } from "./forms.ts";
import { labelMistakes } from "./labels.ts";
import { linearMistakes, penaltyMistakes } from "./linear.ts";
import { marginMistakes } from "./margin.ts";
import type { Factor, Form, Mistake, Penalty, Shape } from "./mistake.ts";
import { overflowMistakes } from "./overflow.ts";
import { reductionMistakes } from "./reduction.ts";
import { regressionMistakes } from "./regression.ts";
import { softmaxMistakes } from "./softmax.ts";
import { softmaxFocalMistakes } from "./softmax_focal.ts";

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
];
export const factors: readonly Factor[] = [...reductionMistakes, ...conventionMistakes];
export const forms: readonly Form[] = [...formMistakes, ...linearMistakes];
export const penalties: readonly Penalty[] = penaltyMistakes;

/** Every mistake that can be named. */
export const mistakes: readonly Mistake[] = [...shapes, ...factors, ...forms, ...penalties];

const byId = new Map(mistakes.map((mistake) => [mistake.id, mistake]));

export function findMistake(id: string): Mistake | undefined {
  return byId.get(id);
}
