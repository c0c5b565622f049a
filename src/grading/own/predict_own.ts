import { differs, type Predicted, type Prediction, reduce, regularised, unregularised } from "../diagnosis/predict.ts";
import type { Arithmetic } from "../task/arithmetic.ts";
import type { OwnEntry } from "./own_mistakes.ts";

/** A case with what the teacher's mistakes give for it, beside what the catalogue predicts. */
export function predictOwn(predicted: Predicted, entries: readonly OwnEntry[], arithmetic: Arithmetic): Predicted {
  const { sample } = predicted;
  const right = unregularised(sample);
  const own = entries.flatMap((mistake): Prediction[] => {
    const numbers =
      mistake.kind === "form"
        ? mistake.variants.map((variant) => variant(right, sample))
        : mistake.variants.map((variant) => variant(sample, arithmetic)).map((wrong) => wrong && reduce(sample, wrong));
    return numbers.flatMap((found, variant) => {
      const whole = found && { ...right, ...found };
      return whole && differs(sample, regularised(sample, whole)) ? [{ mistake, variant, numbers: whole }] : [];
    });
  });
  return { ...predicted, predictions: [...predicted.predictions, ...own] };
}
