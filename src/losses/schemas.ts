import { type TObject, type TSchema, Type } from "typebox";
import type { Loss, RowDomain } from "./loss.ts";
import type { namedSchemas } from "./named_schemas.ts";
import { presetField } from "./presets.ts";
import { booleanTensors, numberTensors, type TensorName } from "./tensor_names.ts";

// What stands beside a bare $ref gets lost on the way into the document.
const named = (name: keyof typeof namedSchemas) => (description: string) =>
  Type.Unsafe<unknown>({ allOf: [{ $ref: `${name}#` }], description });

const tensor = named("Tensor");
const booleanTensor = named("BooleanTensor");
const scalarReply = named("RealReply");
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
  const shape = rowwise ? "Class axis last: [C], [N, C], [B, T, C] …" : "Any shape, a single number too.";
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

/** The outputs that a loss has. */
export function outputsOf(loss: Loss): string[] {
  return [
    "losses",
    "gradients",
    ...(loss.supports.decomposition ? ["decomposition"] : []),
    ...(loss.activation === "identity" ? [] : ["probabilities"]),
    ...(loss.supports.accuracy ? ["accuracy"] : []),
  ];
}

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
        'What a mean divides by: "count" kept examples, the sum of their "weights", or a number. Required when a mean meets sample_weights or class_weights, unless a preset sets it.',
    }),
    on_empty: Type.Enum(["zero", "error"], {
      default: "zero",
      description: "What a denominator of 0 gives: loss and gradients 0, or a 422.",
    }),
    outputs: Type.Array(Type.Enum(outputsOf(loss)), {
      default: ["losses", "gradients"],
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

const parts = (one: TSchema) => ({ cross_entropy: one, entropy: one, kl_divergence: one });

/** The reply of POST /v1/losses/{loss}. */
export function replySchema(loss: Loss): TObject {
  const count = (description: string) => Type.Integer({ minimum: 0, description });
  const optional: Record<string, TSchema> = {
    loss: scalarReply('The reduced loss. Absent with reduction "none".'),
    losses: tensorReply("One a row or element: weighted, before the reduction."),
    gradients: tensorReply(
      "The shape of the input: the derivative of the loss, or of each example's own with sum and none.",
    ),
    gradient_wrt: Type.Enum(["probabilities"], {
      description: "There when probabilities were given instead of logits.",
    }),
    ...(loss.supports.decomposition && {
      decomposition: Type.Object(
        {
          ...parts(tensorReply("Per example, before sample weights.")),
          mean: Type.Object(parts(scalarReply("The weighted mean: over what mean_over says, under sum and none too."))),
        },
        { description: "cross_entropy = entropy + kl_divergence, for the effective target." },
      ),
    }),
    ...(loss.activation !== "identity" && { probabilities: tensorReply(`The ${loss.activation} of the logits.`) }),
    ...(loss.supports.accuracy && {
      accuracy: Type.Object({
        correct: tensorReply("1 or 0 an example."),
        mean: scalarReply("Over the kept examples."),
      }),
    }),
    denominator: scalarReply("What the mean divided by. Absent without a mean."),
  };
  return Type.Object({
    ...Object.fromEntries(Object.entries(optional).map(([name, schema]) => [name, Type.Optional(schema)])),
    reduction: Type.Enum(["mean", "sum", "none"]),
    loss_sum: scalarReply("The correctly rounded sum of the weighted losses."),
    weight_sum: scalarReply("The sum of the weights of the kept examples."),
    valid_count: count("Examples that count."),
    ignored_count: count("Examples left out by mask or ignore_index."),
    nonfinite_count: count("Infinities among the losses and gradients returned."),
  });
}
