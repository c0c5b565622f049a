import { type Static, Type } from "typebox";

const textMax = 2000;
const expressionMax = 500;
const formula = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: expressionMax, description }));

/** A mistake that a task brings along. */
export const ownMistakeSchema = Type.Object(
  {
    id: Type.String({
      pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
      maxLength: 60,
      description: "As credit and sentences name it.",
    }),
    student: Type.String({ minLength: 1, maxLength: textMax, description: "What its students are told." }),
    instructor: Type.Optional(Type.String({ maxLength: textMax, description: "What it is, for the teacher." })),
    losses: formula(
      "The wrong loss of an example, before weights and mean: an expression of l (the right one), n, c, the loss's numeric options, and sum, mean, largest, smallest or at_label of what a class has. Right where it is left out.",
    ),
    gradients: formula(
      "The wrong derivative by a logit, before weights and mean: an expression of g (the right one), z (the logit), p (its softmax or sigmoid), y (the label's mass, or the label), t (y after smoothing and class weights), and what losses may name. Right where it is left out.",
    ),
    table: Type.Optional(
      Type.Array(Type.Unknown(), {
        maxItems: 1000,
        description: "In place of expressions: what the mistake gives, {case, loss, losses, gradients} as in a claim.",
      }),
    ),
  },
  { additionalProperties: false },
);

export type OwnMistake = Static<typeof ownMistakeSchema>;
