import { shapes } from "./catalogue.ts";
import { byRow, type Shape } from "./mistake.ts";
import { exponentials, naive, precisions } from "./overflow.ts";

type Variants = Shape["variants"];

/** Formulas as they were when draws 1 and 2 were chosen by them: no case may change when a formula gets better. */
const variantsThen: Readonly<Record<string, Variants>> = {
  "overflow-no-max-subtraction": precisions.map((round) => byRow((row, arithmetic) => naive(row, arithmetic, round))),
  "overflow-binary": precisions.map((round) => byRow((row, arithmetic) => exponentials(row, arithmetic, round))),
  "stable-form-kink-at-zero": [
    byRow(({ z, y }, { sigmoid }) => ({ gradient: [z[0] === 0 ? -y : sigmoid(z[0]!) - y] })),
  ],
};

/** What the catalogue knew of wrong formulas when draws 1 and 2 were new. */
export const shapesThen: readonly Shape[] = shapes
  .filter(({ since }) => since === undefined)
  .map((shape) => ({ ...shape, variants: variantsThen[shape.id] ?? shape.variants }));
