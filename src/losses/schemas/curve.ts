import { type Static, type TSchema, Type } from "typebox";
import { isPerClass, type Loss } from "../loss.ts";
import { optionFields, tensorFields } from "./fields.ts";

/** A curve is a sketch of one logit: more classes than this belong into a POST. */
export const classesMax = 256;

/** Beyond this a range's width is no double any more. */
const logitMax = 1e300;

/** What is shown without being asked for: both flanks of a sigmoid. */
export const defaultRange = { from: -6, to: 6, points: 121 };

/** Options of a batch that a curve does not take. */
const batchOptions = ["reduction", "mean_over", "on_empty", "outputs", "nonfinite", "encoding"];

/** A row to start from: a rowwise loss shows the first of its worked examples that has logits and labels. */
export interface Row {
  readonly logits: readonly number[];
  readonly label: number | readonly number[];
  /** The class whose logit moves: the label's. */
  readonly class: number;
}

const plainRow: Row = { logits: [0, 0, 0], label: [1, 0, 0], class: 0 };

export function naturalRow(loss: Loss): Row {
  const rows = loss.examples.map(({ request }) => ({
    logits: first(request["logits"]),
    label: first(request["labels"]),
  }));
  for (const { logits, label } of rows) {
    if (!isNumbers(logits) || !(isNumbers(label) || typeof label === "number")) continue;
    const index = peak(label);
    if (index >= 0 && index < logits.length) return { logits, label, class: index };
  }
  return plainRow;
}

/** The class that a label means: its index, or the first greatest of a distribution. */
export function peak(label: number | readonly number[]): number {
  return typeof label === "number" ? label : label.indexOf(Math.max(...label));
}

function first(tensor: unknown): unknown {
  return Array.isArray(tensor) ? tensor[0] : undefined;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

const number = () => Type.Number();
const numbers = (description?: string) => Type.Array(number(), description === undefined ? {} : { description });

function range(): Record<string, TSchema> {
  const bound = { minimum: -logitMax, maximum: logitMax };
  return {
    from: Type.Number({ default: defaultRange.from, ...bound, description: "The first logit." }),
    to: Type.Number({ default: defaultRange.to, ...bound, description: "The last logit: above `from`." }),
    points: Type.Integer({
      default: defaultRange.points,
      minimum: 2,
      maximum: 2001,
      description: "How many logits, evenly spaced, both ends included.",
    }),
  };
}

function rowFields(loss: Loss): Record<string, TSchema> {
  const row = naturalRow(loss);
  const takes = tensorFields(loss);
  const lists = Object.entries(loss.options.properties).flatMap(([name, schema]) => (isPerClass(schema) ? [name] : []));
  return {
    logits: Type.Array(Type.Union([number(), Type.Enum(["-Infinity"])]), {
      default: row.logits,
      description: `The row, separated by commas: at most ${classesMax} classes. One of them moves.`,
    }),
    class: Type.Integer({
      default: row.class,
      minimum: 0,
      description: "The class whose logit moves: the label's if it is not given.",
    }),
    label: Type.Union([number(), numbers()], {
      default: row.label,
      description:
        "A class index, or a distribution separated by commas. The moving class if only the logits are given.",
    }),
    ...Object.fromEntries(lists.map((name) => [name, numbers("One number a class: finite, at least 0.")])),
    ...(takes.class_mask && {
      class_mask: Type.Array(Type.Boolean(), {
        description: "true or false a class: false is one that does not exist.",
      }),
    }),
  };
}

/** The query of GET /v1/losses/{loss}/curve: lists are separated by commas. */
export function curveFields(loss: Loss): Record<string, TSchema> {
  const own = Object.entries(optionFields(loss)).filter(([name]) => !batchOptions.includes(name));
  return {
    ...range(),
    ...(loss.kind === "rowwise"
      ? rowFields(loss)
      : { label: Type.Number({ default: 1, description: "The label that stands still." }) }),
    ...Object.fromEntries(own),
  };
}

const printed = Type.Unsafe<number | string>({ $ref: "Real#" });

/** The reply of GET /v1/losses/{loss}/curve. */
export const curveSchema = Type.Object({
  name: Type.String({ description: "The loss." }),
  label: Type.Union([printed, Type.Array(printed)]),
  logits: Type.Optional(Type.Array(printed, { description: "Rowwise: the row, before one of its logits moves." })),
  class: Type.Optional(Type.Integer({ minimum: 0, description: "Rowwise: the class whose logit moves." })),
  options: Type.Unsafe<Record<string, unknown>>({
    type: "object",
    additionalProperties: true,
    description: "The options in force, defaults filled in.",
  }),
  logit: Type.Array(Type.Number(), { description: "The logit that moves, from `from` to `to`." }),
  losses: Type.Array(printed, { description: "The loss at each." }),
  gradients: Type.Array(printed, { description: "Its derivative by that logit, at each." }),
  jumps: Type.Array(
    Type.Object({
      logit: Type.Number(),
      loss: printed,
      before: Type.Number({ description: "The gradient just before." }),
      after: Type.Number({ description: "The gradient just after." }),
    }),
    { description: "Where the gradient jumps: the kinks of the loss in the range." },
  ),
  minimum: Type.Optional(
    Type.Object(
      { logit: printed, loss: printed },
      {
        description:
          "Where the loss is least, also outside of the range: Infinity or -Infinity if it is approached and never reached. Of a flat bottom, the end on the slope's side. Absent if the loss is constant.",
      },
    ),
  ),
});

export type Curve = Static<typeof curveSchema>;
export type Jump = Curve["jumps"][number];
export type Minimum = Curve["minimum"] & object;

/** The reply where several losses, or a list of values, were asked for. */
export const curvesSchema = Type.Object({ curves: Type.Array(Type.Ref("Curve#"), { maxItems: 8 }) });
