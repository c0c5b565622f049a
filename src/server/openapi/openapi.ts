import { STATUS_CODES } from "node:http";
import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Example } from "../../losses/loss.ts";
import { losses } from "../../losses/registry.ts";
import { namedSchemas } from "../../losses/schemas/named.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import { version } from "../../version.ts";
import type { Media } from "../../wire/format.ts";
import { compressed, sendCompressed } from "../http/compressed.ts";
import { problemMediaType, statusInV2 } from "../http/problem_reply.ts";
import { forGenerators } from "./for_generators.ts";
import { addMedia } from "./media_types.ts";
import { withOneProblem } from "./one_problem.ts";
import { onDemand, servePage } from "./page.ts";
import { mapSchemas, type Schema, withDefault, withoutDefault, withTypes } from "./schemas.ts";
import { addSecurity } from "./security.ts";
import { removeUnused } from "./unused.ts";
import { toVersion30 } from "./version_3_0.ts";

/** What a route says of itself beyond its schemas, under `x-lossd`. */
export interface Documentation {
  readonly problems: readonly ProblemCode[];
  /** Whose shape errors have: v1's, problem+json, if it is absent. */
  readonly protocol?: "v2";
  readonly examples?: readonly Example[];
  /** What it takes and gives beside JSON. */
  readonly media?: readonly Media[];
}

const codes = Object.keys(problems) as ProblemCode[];

const problemSchema = Type.Object(
  {
    type: Type.String({ format: "uri-reference", description: "Which problem it is: /problems/ and the code." }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: "What is wrong: the field, its value and the bound." }),
    code: Type.Enum(codes, {
      description: codes.map((code) => `\`${code}\` (${problems[code].status}): ${problems[code].title}.`).join("\n"),
    }),
    request_id: Type.String({ description: "The reply's x-request-id." }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ description: "A JSON Pointer into the body." }),
          detail: Type.String(),
        }),
        { maxItems: 10 },
      ),
    ),
  },
  { $id: "Problem", description: "Every reply that is no success (RFC 9457)." },
);

/** Serves the OpenAPI document and Swagger UI, written from the routes that are registered after this. */
export async function serveOpenApi(app: FastifyInstance, needsKeys = false): Promise<void> {
  app.addSchema(problemSchema);
  for (const [name, schema] of Object.entries(namedSchemas)) app.addSchema({ ...schema, $id: name });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "lossd",
        version,
        description: "Losses, gradients and the KL decomposition over HTTP.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      tags: [
        ...losses.map(({ name, summary }) => ({ name, description: summary })),
        { name: "catalogue", description: "What there is to compute." },
        { name: "grading", description: "Claims against right answers: what is wrong, and which mistake it is." },
        { name: "health", description: "For balancers and orchestrators." },
        { name: "open inference protocol", description: "Each loss as a model, for clients of KServe and Triton." },
      ],
      security: [],
    },
    refResolver: { buildLocalReference: ({ $id }, _base, _fragment, index) => ($id ? String($id) : `def-${index}`) },
    transformObject: (document) => {
      if (!("openapiObject" in document)) throw new Error("the document is not OpenAPI");
      const complete = completed(document.openapiObject as unknown as Document);
      removeUnused(complete);
      if (needsKeys) addSecurity(complete);
      return mapSchemas(complete, (schema) => withTypes(withoutDefault(schema))) as never;
    },
  });
  const newest = onDemand(() => app.swagger() as unknown as Document);
  servePage(app, () => withOneProblem(newest()));
  const texts = {
    "/openapi.json": onDemand(() => compressed(JSON.stringify(newest()))),
    "/openapi-3.0.json": onDemand(() => compressed(JSON.stringify(toVersion30(forGenerators(newest()))))),
  };
  for (const [path, text] of Object.entries(texts)) {
    app.get(path, { schema: { hide: true } }, (request, reply) =>
      sendCompressed(request, reply, text(), "application/json; charset=utf-8"),
    );
  }
}

interface Operation {
  "x-lossd"?: Documentation;
  parameters?: Parameter[];
  responses: Record<string, unknown>;
  requestBody?: {
    required?: boolean;
    content: Record<string, { schema?: object; examples?: unknown }>;
  };
}

interface Parameter {
  name: string;
  in: string;
  schema: Schema;
  description?: string;
  example?: unknown;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly license: { readonly name: string } };
  components: {
    responses?: Record<string, unknown>;
    schemas?: Record<string, unknown>;
    securitySchemes?: Record<string, object>;
  };
  paths: Record<string, Record<string, Operation>>;
}

/** Adds what a Fastify route cannot say: the shared replies with problems, and the examples. */
function completed(document: Document): Document {
  const shared = new Map<string, SharedResponse>();
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const { "x-lossd": documentation = { problems: [] } } = operation;
    delete operation["x-lossd"];
    for (const code of documentation.problems) {
      for (const status of statusesOf(code, documentation)) {
        const name = responseName(status, documentation);
        const { codes } = shared.get(name) ?? { codes: new Set() };
        shared.set(name, { status, protocol: documentation.protocol, codes: codes.add(code) });
        operation.responses[status] ??= { $ref: `#/components/responses/${name}` };
      }
    }
    addExamples(operation, documentation.examples ?? []);
    for (const media of documentation.media ?? []) addMedia(operation, media);
    for (const parameter of operation.parameters ?? []) stateDefault(parameter);
  }
  const sorted = [...shared].sort(([, one], [, other]) => one.status - other.status);
  document.components.responses = Object.fromEntries(sorted.map(([name, one]) => [name, problemResponse(one)]));
  return document;
}

/** As withoutDefault: what a parameter is described by stands beside its schema. A path has no default, but an example. */
function stateDefault(parameter: Parameter): void {
  const { default: value, ...rules } = parameter.schema;
  if (value === undefined) return;
  parameter.schema = rules;
  if (parameter.in === "path") parameter.example = value;
  else parameter.description = withDefault(parameter.description, value);
}

interface SharedResponse {
  readonly status: number;
  readonly protocol: Documentation["protocol"];
  readonly codes: Set<ProblemCode>;
}

function addExamples({ requestBody }: Operation, examples: readonly Example[]): void {
  if (!requestBody) return;
  requestBody.required = true;
  const { "application/json": json, "application/x-ndjson": lines } = requestBody.content;
  if (!json) {
    const value = examples.map(({ request }) => `${JSON.stringify(request)}\n`).join("");
    lines!.examples = { lines: { summary: examples.map(({ summary }) => summary).join(", "), value } };
    return;
  }
  json.examples = Object.fromEntries(
    examples.map(({ summary, request }, index) => [`example${index + 1}`, { summary, value: request }]),
  );
}

/** Where a balancer wants it, OVERLOAD_STATUS makes a full queue a 503. */
function statusesOf(code: ProblemCode, { protocol }: Documentation): readonly number[] {
  if (code === "queue_full") return [429, 503];
  return [protocol === "v2" ? statusInV2(code) : problems[code].status];
}

function responseName(status: number, { protocol }: Documentation): string {
  return (protocol === "v2" ? "V2" : "") + STATUS_CODES[status]!.replace(/\W/g, "");
}

function problemResponse({ status, protocol, codes }: SharedResponse): object {
  const retry = status === 429 || status === 503;
  const content =
    protocol === "v2"
      ? { "application/json": { schema: { $ref: "#/components/schemas/V2Error" } } }
      : { [problemMediaType]: { schema: { $ref: "#/components/schemas/Problem" } } };
  return {
    description: [...codes].map((code) => `\`${code}\`: ${problems[code].title}.`).join(" "),
    ...(retry && { headers: { "retry-after": { description: "Seconds.", schema: { type: "integer", minimum: 1 } } } }),
    content,
  };
}
