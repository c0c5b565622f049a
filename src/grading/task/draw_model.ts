import type { Loss } from "../../losses/loss.ts";
import { Problem } from "../../problems.ts";
import type { Random } from "./random.ts";

/** How far logits spread, about as those of a case without a model do. */
const deviation = 1.7;
/** So often a row's inputs are drawn again until its label is the prediction. */
const attemptsMax = 50;

/** What a case says of its model. */
interface Model {
  readonly features: number;
  readonly inputs_max?: number;
  readonly weights_max?: number;
}

/** Four digits of the largest, whatever its size: as a decimal that every language reads to the same double. */
const scaled = (random: Random, most: number) => Number((random.between(-1, 1) * most).toPrecision(6));

type Fields = Readonly<Record<string, unknown>>;
const list = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/**
 * A linear model in place of the logits of a drawn batch: inputs [N, D], weights [D, C], bias [C], all of few digits.
 * A rowwise loss keeps its labels, two of which are predicted rightly; an elementwise one keeps its logits as nearly as
 * six digits let it.
 */
export function drawModel(loss: Loss, { logits, ...others }: Fields, model: Model, random: Random): Fields {
  const { features, inputs_max: inputsMax = 2 } = model;
  const rows = logits as readonly (number | readonly number[])[];
  const isRowwise = loss.kind === "rowwise";
  if (!isRowwise && typeof rows[0] !== "number") {
    throw Problem.of([{ pointer: "/generate/columns", detail: "is for rowwise losses where a model is drawn" }]);
  }
  const classes = isRowwise ? (rows[0] as readonly number[]).length : 1;
  // Of D products of even numbers in [−x, x] and [−w, w] the sum has the variance D·(x²/3)·(w²/3).
  const spreading = (deviation * 3) / (inputsMax * Math.sqrt(features));
  const weightsMax = model.weights_max ?? spreading;
  const weights = list(features, () => list(classes, () => scaled(random, weightsMax)));
  const bias = list(classes, () => random.between(-1, 1));
  const drawn = () => list(features, () => scaled(random, inputsMax));
  const logitsOf = (x: readonly number[]) =>
    bias.map((b, c) => x.reduce((sum, value, d) => sum + value * weights[d]![c]!, b));
  const inputs = rows.map((row, i) => {
    if (!isRowwise) return reaching(row as number, drawn(), weights, logitsOf);
    let x = drawn();
    const label = (others["labels"] as readonly unknown[])[i];
    for (let attempt = 0; i < 2 && typeof label === "number" && attempt < attemptsMax; attempt++) {
      const z = logitsOf(x);
      if (z.indexOf(Math.max(...z)) === label) break;
      x = drawn();
    }
    return x;
  });
  return { ...others, inputs, weights, bias };
}

/** The inputs with one of them changed, that of the greatest weight, so that the logit is the wanted one. */
function reaching(
  wanted: number,
  x: readonly number[],
  weights: readonly (readonly number[])[],
  logitsOf: (x: readonly number[]) => readonly number[],
): number[] {
  const sizes = weights.map(([weight]) => Math.abs(weight!));
  const greatest = sizes.indexOf(Math.max(...sizes));
  const weight = weights[greatest]![0]!;
  if (weight === 0) return [...x];
  const changed = x[greatest]! + (wanted - logitsOf(x)[0]!) / weight;
  return x.with(greatest, Number(changed.toPrecision(6)));
}
