import { type Static, Type } from "typebox";
import type { Fault } from "../../problems.ts";

/** Logits of a drawn case: every mistake of the catalogue is computed for each, which takes seconds for so many. */
const drawnMax = 100_000;

const scale = (words: string) =>
  Type.Number({
    exclusiveMinimum: 0,
    maximum: 1e6,
    description: `By default ${words}: they are drawn evenly from both signs.`,
  });

/** How a case asks for inputs that are drawn. */
export const generateSchema = Type.Object(
  {
    seed: Type.Optional(Type.Integer({ minimum: 0, description: "Needed where the task has no secret." })),
    rows: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 7 })),
    columns: Type.Optional(Type.Integer({ minimum: 2, maximum: 1000, default: 5 })),
    features: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: "Draws a linear model in place of logits: inputs [rows, features], weights and bias.",
      }),
    ),
    inputs_max: Type.Optional(scale("2. The largest input of a drawn model")),
    weights_max: Type.Optional(
      scale("What spreads the logits as without a model. The largest weight of a drawn model"),
    ),
  },
  {
    additionalProperties: false,
    description: `Inputs drawn from the task's secret or a seed, in place of logits and labels: at most ${drawnMax} logits.`,
  },
);

/** The fields of a task that decide what is drawn. */
interface Drawn {
  readonly draw?: number;
  readonly secret?: string;
  readonly cases: readonly { readonly generate?: Static<typeof generateSchema> }[];
}

/** What keeps the cases of a task from being drawn. */
export function drawingFaults({ draw = 1, secret, cases }: Drawn): Fault[] {
  const faults: Fault[] = [];
  if (draw === 1 && secret !== undefined) faults.push({ pointer: "/task/secret", detail: 'is for "draw": 2 or 3' });
  for (const [i, { generate }] of cases.entries()) {
    if (!generate) continue;
    const { seed, rows = 1, columns = 1, features = 1 } = generate;
    const pointer = `/task/cases/${i}/generate`;
    if (rows * columns > drawnMax) {
      const detail = `draws ${rows}×${columns} = ${rows * columns} logits, more than ${drawnMax}`;
      faults.push({ pointer, detail });
    }
    if (Math.max(rows, columns) * features > drawnMax) {
      faults.push({ pointer, detail: `draws a model of ${features} features, with more than ${drawnMax} numbers` });
    }
    if (seed === undefined && secret === undefined) {
      faults.push({
        pointer,
        detail: 'has no seed, and the task no secret with "draw": 2 or 3: there is nothing to draw from',
      });
    }
  }
  return faults;
}
