import { Type } from "typebox";
import type { Loss } from "../loss.ts";
import { tensorFields } from "./fields.ts";
import { outputsOf } from "./reply_fields.ts";

export const catalogueSchema = Type.Object({
  name: Type.String(),
  aliases: Type.Array(Type.String()),
  kind: Type.Enum(["elementwise", "rowwise"]),
  summary: Type.String(),
  notes: Type.Array(Type.String()),
  formula: Type.Object({ text: Type.String(), latex: Type.String() }),
  gradient: Type.Object({ text: Type.String(), latex: Type.String() }),
  activation: Type.String(),
  labels: Type.String({ description: "What a label may be." }),
  outputs: Type.Array(Type.String()),
  inputs: Type.Array(Type.String()),
  options: Type.Unsafe<Record<string, object>>({
    type: "object",
    additionalProperties: { type: "object", additionalProperties: true },
    description: "The loss's own options: JSON Schemas with default, bounds and description.",
  }),
  presets: Type.Unsafe<Record<string, object>>({
    type: "object",
    additionalProperties: {
      type: "object",
      required: ["call", "options"],
      properties: {
        call: { type: "string" },
        options: { type: "object", additionalProperties: true },
        distributions: { type: "object", additionalProperties: true },
        note: { type: "string" },
      },
    },
    description:
      "By library: what it calls the loss, and which options its preset sets where a request leaves them out (distributions: in their place where labels are such). Its NaNs, clamps and clips are not reproduced.",
  }),
  source: Type.String(),
  examples: Type.Array(
    Type.Object({
      summary: Type.String(),
      request: Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true }),
    }),
  ),
});

const labelWords = {
  real: "any finite number",
  unit: "in [0, 1]",
  binary: "0 or 1",
  signed: "-1 or 1",
  non_negative: "at least 0",
  class_or_distribution: "class indices, or distributions over the classes",
  class: "class indices, or one-hot rows",
  distribution: "distributions over the classes, or a teacher's logits as label_logits",
} as const;

/** What GET /v1/losses/{loss} returns. */
export function describe(loss: Loss): Type.Static<typeof catalogueSchema> {
  const {
    options,
    supports: _supports,
    infiniteLogits: _infinite,
    parameters: _parameters,
    family: _family,
    kink: _kink,
    ...shown
  } = loss;
  return {
    ...shown,
    aliases: [...loss.aliases],
    notes: [...loss.notes],
    examples: [...loss.examples],
    labels:
      typeof loss.labels === "function" ? '-1 or 1; 0 or 1 with label_encoding "binary"' : labelWords[loss.labels],
    outputs: outputsOf(loss),
    inputs: Object.keys(tensorFields(loss)),
    options: options.properties,
    presets: { ...loss.presets },
  };
}
