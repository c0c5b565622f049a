import type { FastifyInstance } from "fastify";
import { type TSchema, Type } from "typebox";
import { datatypes } from "../../json/datatypes.ts";
import type { Example } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import { modelVersion } from "../../losses/schemas/models.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import type { Documentation } from "./openapi.ts";

/** Parameters are flat in the protocol, though some clients nest their own. */
const parameters = Type.Unsafe<object>({ type: "object", additionalProperties: true });
const shape = Type.Array(Type.Integer({ minimum: 0 }));
const datatype = Type.Enum(Object.keys(datatypes));
const data = Type.Array(Type.Unsafe<unknown>({}), {
  description: "Row-major; flat in replies, flat or nested in requests.",
});

const tensor = Type.Object({
  name: Type.String(),
  datatype,
  shape,
  parameters: Type.Optional(
    Type.Unsafe<object>({ ...parameters, description: "binary_data_size: bytes of its blob." }),
  ),
  data: Type.Optional(data),
});

const described = Type.Object({
  name: Type.String(),
  datatype,
  shape: Type.Array(Type.Integer({ minimum: -1 }), { description: "-1 is a dimension of any length." }),
});

const schemas = {
  V2Error: Type.Object({ error: Type.String() }, { description: "Every reply under /v2 that is no success." }),
  V2Request: Type.Object(
    {
      id: Type.Optional(Type.String({ description: "Comes back as it is." })),
      parameters: Type.Optional(
        Type.Unsafe<object>({
          ...parameters,
          description:
            "The options of POST /v1/losses/{loss} by the same names; numbers may be strings. binary_data_output: whether outputs are binary where they do not say.",
        }),
      ),
      inputs: Type.Array(tensor, { description: "logits (or probabilities), labels and what else the loss takes." }),
      outputs: Type.Optional(
        Type.Array(Type.Object({ name: Type.String(), parameters: Type.Optional(parameters) }), {
          description: "loss, losses and gradients if there are none. binary_data: whether it is binary.",
        }),
      ),
    },
    { additionalProperties: true },
  ),
  V2Reply: Type.Object({
    model_name: Type.String(),
    model_version: Type.String(),
    id: Type.Optional(Type.String()),
    parameters: Type.Unsafe<object>({
      ...parameters,
      description: "denominator (of a mean), loss_sum, weight_sum, valid_count, ignored_count, nonfinite_count.",
    }),
    outputs: Type.Array(tensor),
  }),
  V2Model: Type.Object({
    name: Type.String(),
    versions: Type.Array(Type.String()),
    platform: Type.String(),
    inputs: Type.Array(described),
    outputs: Type.Array(described),
  }),
  V2Statistics: Type.Object({
    model_stats: Type.Array(
      Type.Object({
        name: Type.String(),
        version: Type.String(),
        last_inference: Type.Number({ description: "Milliseconds since 1970; 0: never." }),
        inference_count: Type.Integer({ description: "Rows." }),
        execution_count: Type.Integer({ description: "Requests that were computed." }),
        inference_stats: Type.Record(Type.String(), Type.Object({ count: Type.Integer(), ns: Type.Integer() })),
        batch_stats: Type.Array(Type.Unsafe<object>({ type: "object" })),
      }),
    ),
  }),
};

const readiness = (...flags: string[]) =>
  Type.Object(Object.fromEntries(flags.map((flag) => [flag, flag === "name" ? Type.String() : Type.Boolean()])));

const ofHealth: readonly ProblemCode[] = ["bad_request", "headers_too_large", "internal"];
const bodiless: readonly ProblemCode[] = [...ofHealth, "unknown_host"];
const ofModel: readonly ProblemCode[] = [...bodiless, "unknown_loss"];
const ofKeys: readonly ProblemCode[] = ["unauthorized", "wrong_scope", "quota_exceeded"];
const elsewhere: readonly ProblemCode[] = ["not_found", "method_not_allowed", "not_acceptable"];
const ofInference = (Object.keys(problems) as ProblemCode[]).filter((code) => !elsewhere.includes(code));

const example: Example = {
  summary: "Three classes, a class index",
  request: {
    inputs: [
      { name: "logits", shape: [1, 3], datatype: "FP64", data: [2, 1, 0.1] },
      { name: "labels", shape: [1], datatype: "INT64", data: [1] },
    ],
    outputs: [{ name: "losses" }, { name: "kl_divergence" }],
  },
};

interface Operation {
  readonly summary: string;
  readonly reply: TSchema;
  readonly notReady?: TSchema;
  readonly problems: readonly ProblemCode[];
}

const ref = (name: keyof typeof schemas) => Type.Ref(`${name}#`);
const strings = Type.Array(Type.String());

const operations = {
  live: { summary: "Whether the process answers", reply: readiness("live"), problems: ofHealth },
  ready: {
    summary: "Whether the service takes requests",
    reply: readiness("ready", "live"),
    notReady: Type.Object({ ready: Type.Boolean(), live: Type.Boolean(), error: Type.String() }),
    problems: ofHealth,
  },
  server: {
    summary: "The server's name, version and extensions",
    reply: Type.Object({ name: Type.String(), version: Type.String(), extensions: strings }),
    problems: bodiless,
  },
  models: { summary: "The names of all models", reply: Type.Object({ models: strings }), problems: bodiless },
  repository_index: {
    summary: "All models with their state",
    reply: Type.Array(
      Type.Object({ name: Type.String(), version: Type.String(), state: Type.String(), reason: Type.String() }),
    ),
    problems: bodiless,
  },
  model: { summary: "A loss's inputs and outputs", reply: ref("V2Model"), problems: ofModel },
  model_ready: {
    summary: "Whether the loss takes requests",
    reply: readiness("name", "ready"),
    notReady: Type.Object({ name: Type.String(), ready: Type.Boolean(), error: Type.String() }),
    problems: ofModel,
  },
  config: {
    summary: "A loss's configuration as Triton's clients read it, with limits and options",
    reply: Type.Unsafe<object>({ type: "object", additionalProperties: true }),
    problems: ofModel,
  },
  statistics: {
    summary: "How often a loss was asked, and where the time went",
    reply: ref("V2Statistics"),
    problems: [...ofModel, ...ofKeys],
  },
  all_statistics: { summary: "The same of every loss", reply: ref("V2Statistics"), problems: [...bodiless, ...ofKeys] },
  infer: { summary: "Losses, gradients and what else is listed", reply: ref("V2Reply"), problems: ofInference },
} satisfies Record<string, Operation>;

export type V2Operation = keyof typeof operations;

export function addV2Schemas(app: FastifyInstance): void {
  for (const [$id, schema] of Object.entries(schemas)) app.addSchema({ ...schema, $id });
}

const models = Type.Enum(
  losses.flatMap(({ name, aliases }) => [name, ...aliases]),
  // A model that the example fits.
  { default: losses.find(({ labels }) => labels === "class_or_distribution")?.name },
);
const bytes = { type: "string", format: "binary", description: "JSON, and behind it the blobs of its binary tensors." };
const both = (json: TSchema) => ({
  content: { "application/json": { schema: json }, "application/octet-stream": { schema: bytes } },
});

/** What the OpenAPI document says of an operation; `of` names the parameters of its path. */
export function describeV2(operation: V2Operation, of: readonly ("model" | "version")[] = []) {
  const { summary, reply, notReady, problems: codes }: Operation = operations[operation];
  const infers = operation === "infer";
  const parameters = { model: models, version: Type.Enum([modelVersion]) };
  const documentation: Documentation = { problems: codes, protocol: "v2", ...(infers && { examples: [example] }) };
  return {
    schema: {
      tags: ["open inference protocol"],
      operationId: ["v2", operation, ...of.slice(1)].join("_"),
      summary,
      ...(of.length > 0 && { params: Type.Object(Object.fromEntries(of.map((name) => [name, parameters[name]]))) }),
      ...(infers && { body: both(ref("V2Request")) }),
      response: {
        200: { description: "Done.", ...(infers ? both(reply) : reply) },
        ...(notReady && { 503: { description: "It starts or stops.", ...notReady } }),
      },
      "x-lossd": documentation,
    },
  };
}
