import { type TObject, type TSchema, Type } from "typebox";
import type { Loss, RowDomain } from "../loss.ts";
import { presetField } from "../presets.ts";
import type { namedSchemas } from "./named.ts";
import { defaultOutputs, type Field, hasField, outputsOf, replyEntries } from "./reply_fields.ts";
import { booleanTensors, numberTensors, type TensorName } from "./tensor_names.ts";

// What stands beside a bare $ref gets lost on the way into the document.
const named = (name: keyof typeof namedSchemas) => (description: string) =>
  Type.Unsafe<unknown>({ allOf: [{ $ref: `${name}#` }], description });

const tensor = named("Tensor");
const booleanTensor = named("BooleanTensor");
const numberReply = named("RealReply");
const tensorReply = named("TensorReply");

/** The labels of rows, as a request describes them. */
const labelForms: Readonly<Record<RowDomain, string>> = {
  class_or_distribution:
    "Labels: class indices (the rank of the input minus one) or distributions (its shape); the rank decides.",
  class: "Labels: class indices (the rank of the input minus one) or one-hot rows (its shape); the rank decides.",
  distribution:
    "Labels: distributions over the classes, in the shape of logits. Either labels or label_logits are required.",
};

/** The tensors that a loss takes, each with its description. */
export function tensorFields(loss: Loss): Partial<Record<TensorName, TSchema>> {
  const rowwise = loss.kind === "rowwise";
  const shape = rowwise
    ? "Class axis last, or where class_axis says: [C], [N, C], [B, T, C] …"
    : "Any shape, a single number too.";
  return {
    logits: tensor(
      `${shape} ${loss.supports.probabilities ? "Either logits or probabilities are required." : ""}`.trim(),
    ),
    ...(loss.supports.probabilities && {
      probabilities: tensor("Instead of logits: each in [0, 1]. Gradients are then with respect to them."),
    }),
    labels: tensor(labelForms[loss.labels as RowDomain] ?? "Labels, in the shape of the input."),
    ...(loss.labels === "distribution" && {
      label_logits: tensor("Instead of labels: a teacher's logits, in the shape of logits; its softmax is the target."),
    }),
    sample_weights: tensor("The shape of the losses; finite, at least 0. A mean then needs mean_over."),
    mask: booleanTensor("Booleans, the shape of the losses: false is an ignored example."),
    ...(rowwise && {
      class_mask: booleanTensor("Booleans, [C] or the shape of the logits: false is a class that does not exist."),
    }),
    ...(loss.options.properties["class_weights"] && {
      class_weights: tensor("One weight a class: finite, at least 0. A mean then needs mean_over."),
    }),
  };
}

// No default in the schema: a client that sends what the schema says would overrule a preset.
const classAxis = Type.Integer({
  description:
    "Which axis of logits holds the classes, the last (−1) unless a preset says otherwise. Class indices, losses, mask and sample_weights lack that axis; what has the shape of logits has it where logits have it.",
});

/** The options of a request: the common ones and the loss's own. The worker checks and completes them with this schema. */
export function optionFields(loss: Loss): Record<string, TSchema> {
  const own = Object.entries(loss.options.properties).filter(([name]) => !isTensor(name));
  return {
    reduction: Type.Enum(["mean", "sum", "none"], {
      default: "mean",
      description: "How the losses become one number.",
    }),
    mean_over: Type.Union([Type.Enum(["count", "weights"]), Type.Number({ exclusiveMinimum: 0 })], {
      default: "count",
      description:
        'What a mean divides by: "count" kept examples, the sum of their "weights", or a number. Required when a mean meets sample_weights or class_weights, unless a preset sets it. Refused where nothing is averaged: without a mean and a decomposition.',
    }),
    on_empty: Type.Enum(["zero", "error"], {
      default: "zero",
      description: "What a denominator of 0 gives: loss and gradients 0, or a 422. Refused without a mean.",
    }),
    outputs: Type.Array(Type.Enum(outputsOf(loss)), {
      default: [...defaultOutputs],
      uniqueItems: true,
      description: "What the reply carries beside the reduced loss and the counts.",
    }),
    nonfinite: Type.Enum(["string", "null", "error"], {
      default: "string",
      description: 'How an infinite number is written: as the string "Infinity", as null, or not at all (422).',
    }),
    encoding: Type.Enum(["nested", "flat", "b64"], {
      default: "nested",
      description:
        "The form of the reply's tensors: nested arrays, {shape, data} with one flat array, or {datatype, shape, b64} with little-endian bytes.",
    }),
    ...(loss.kind === "rowwise" && { class_axis: classAxis }),
    ...presetField(loss),
    ...Object.fromEntries(own),
  };
}

export function isTensor(name: string): name is TensorName {
  return ([...numberTensors, ...booleanTensors] as string[]).includes(name);
}

/** The body of POST /v1/losses/{loss}. */
export function requestSchema(loss: Loss): TObject {
  const { logits, labels, ...optional } = tensorFields(loss);
  const target = loss.labels === "distribution" ? Type.Optional(labels!) : labels!;
  const fields = Object.entries({ ...optional, ...optionFields(loss) }).map(([name, schema]) => [
    name,
    Type.Optional(schema),
  ]);
  const input = loss.supports.probabilities ? Type.Optional(logits!) : logits!;
  return Type.Object({ logits: input, labels: target, ...Object.fromEntries(fields) }, { additionalProperties: false });
}

/** The reply of POST /v1/losses/{loss}: what is there at times comes first. */
export function replySchema(loss: Loss): TObject {
  const own = replyEntries.filter(([name]) => hasField(loss, name));
  const sometimes = own.filter(([, field]) => field.when !== undefined);
  const always = own.filter(([, field]) => field.when === undefined);
  return Type.Object({
    ...Object.fromEntries(sometimes.map(([name, field]) => [name, Type.Optional(fieldSchema(loss, field))])),
    ...Object.fromEntries(always.map(([name, field]) => [name, fieldSchema(loss, field)])),
  });
}

function fieldSchema(loss: Loss, field: Field): TSchema {
  if (field.shape === "word") return Type.Enum([...field.words], described(field.description));
  if (field.shape === "group") {
    const fields = Object.entries(field.fields).map(([name, one]) => [name, fieldSchema(loss, one)]);
    return Type.Object(Object.fromEntries(fields), described(field.description));
  }
  const description = typeof field.description === "function" ? field.description(loss) : field.description;
  if (field.shape === "count") return Type.Integer({ minimum: 0, ...described(description) });
  const isTensorShaped = field.shape === "examples" || field.shape === "input";
  return isTensorShaped ? tensorReply(description) : numberReply(description);
}

const described = (description: string | undefined) => (description === undefined ? {} : { description });
