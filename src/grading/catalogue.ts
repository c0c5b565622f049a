import type { Factor, Form, Mistake, Penalty, Shape } from "./mistake.ts";
import { binaryMistakes } from "./mistakes/binary.ts";
import { clippingMistakes } from "./mistakes/clipping.ts";
import { conventionMistakes } from "./mistakes/conventions.ts";
import { divergenceMistakes } from "./mistakes/divergence.ts";
import { focalMistakes } from "./mistakes/focal.ts";
import { formMistakes } from "./mistakes/forms.ts";
import { labelMistakes } from "./mistakes/labels.ts";
import { linearMistakes, penaltyMistakes } from "./mistakes/linear.ts";
import { marginMistakes } from "./mistakes/margin.ts";
import { overflowMistakes } from "./mistakes/overflow.ts";
import { reductionMistakes } from "./mistakes/reduction.ts";
import { regressionMistakes } from "./mistakes/regression.ts";
import { softmaxMistakes } from "./mistakes/softmax.ts";
import { softmaxFocalMistakes } from "./mistakes/softmax_focal.ts";

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
