import { readFileSync } from "node:fs";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { curveSchema } from "#lossd/losses/schemas/curve.js";
import { optionFields, replySchema, requestSchema } from "#lossd/losses/schemas/fields.js";
import { namedSchemas } from "#lossd/losses/schemas/named.js";
import { problems } from "#lossd/problems.js";
import { exchangeLines, type ReplyLine } from "./harness/lines_client.js";
import { post, type Service, startService } from "./harness/service.js";

interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: { readonly "application/json"?: { readonly schema: TSchema } };
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly responses: Record<string, Response>;
  readonly parameters?: readonly { readonly name: string; readonly description: string }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: {
      readonly "application/json": {
        readonly schema: TSchema;
        readonly examples: Record<string, { readonly value: object }>;
      };
      readonly "application/x-ndjson": { readonly examples: { readonly lines: { readonly value: string } } };
    };
  };
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, { readonly properties: Record<string, { readonly enum?: readonly string[] }> }>;
    readonly responses: Record<string, Response>;
  };
}

let service: Service;
let document: Document;

beforeAll(async () => {
  service = await startService();
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
});
afterAll(() => service.stop());

const operations = () => Object.values(document.paths).flatMap((path) => Object.values(path));

test("the document is OpenAPI 3.1 and the committed one", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(JSON.parse(readFileSync("openapi/openapi.json", "utf8"))).toEqual(document);
});

test("the same as OpenAPI 3.0 is there for generators that know no 3.1, and the committed one", async () => {
  const older = (await (await fetch(`${service.url}/openapi-3.0.json`)).json()) as Document;
  expect(older.openapi).toBe("3.0.3");
  expect(JSON.parse(readFileSync("openapi/openapi-3.0.json", "utf8"))).toEqual(older);
  expect(Object.keys(older.paths)).toEqual(Object.keys(document.paths));
  expect(Object.keys(older.components.schemas)).toEqual(Object.keys(document.components.schemas));
});

test("an operation takes JSON or lines, and only lines have parameters beside a body", () => {
  for (const { name } of losses) {
    const one = document.paths[`/v1/losses/${name}`]!["post"]!;
    expect([Object.keys(one.requestBody!.content), one.parameters]).toEqual([["application/json"], undefined]);
    const many = document.paths[`/v1/losses/${name}/lines`]!["post"]!;
    expect(Object.keys(many.requestBody!.content)).toEqual(["application/x-ndjson"]);
  }
});

test("every operation has a name of its own, a tag and a summary", () => {
  const names = operations().map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { tags, summary } of operations()) expect([tags.length, summary.length > 0]).toEqual([1, true]);
});

test("every reference leads somewhere, and to a name that says what it is", () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1]!);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of new Set(references)) {
    let target: unknown = document;
    for (const step of reference.split("/")) target = (target as Record<string, unknown>)[step];
    expect(target, reference).toBeTypeOf("object");
    expect(reference).not.toContain("def-");
  }
});

test("every problem is in the document's list of codes", () => {
  expect(document.components.schemas["Problem"]!.properties["code"]!.enum).toEqual(Object.keys(problems));
});

test("every problem that a computation can meet is described under its status", () => {
  const elsewhere = ["not_found", "unknown_loss", "method_not_allowed"];
  for (const { name } of losses) {
    const { responses } = document.paths[`/v1/losses/${name}`]!["post"]!;
    for (const [code, { status }] of Object.entries(problems).filter(([code]) => !elsewhere.includes(code))) {
      const reference = responses[status]?.$ref?.replace("#/components/responses/", "");
      expect(document.components.responses[reference!]?.description, `${status} ${code}`).toContain(`\`${code}\``);
    }
  }
});

/** What references in the schemas lead to, in the form that they have there. */
const named = Object.fromEntries(Object.entries(namedSchemas).map(([name, schema]) => [`${name}#`, schema]));

test.each(losses.map((loss) => [loss.name, loss] as const))(
  "each example of %s runs, and its reply is as described",
  async (name, loss) => {
    const { requestBody } = document.paths[`/v1/losses/${name}`]!["post"]!;
    expect(requestBody!.required).toBe(true);
    const examples = Object.values(requestBody!.content["application/json"].examples);
    expect(examples.length).toBe(loss.examples.length);
    for (const { value } of examples) {
      const response = await post(service, name, JSON.stringify(value));
      const reply = (await response.json()) as Record<string, unknown>;
      expect(response.status, JSON.stringify(reply)).toBe(200);
      expect([...Value.Errors(named, requestSchema(loss), value)]).toEqual([]);
      expect([...Value.Errors(named, replySchema(loss), reply)]).toEqual([]);
      expect(Object.keys(replySchema(loss).properties)).toEqual(expect.arrayContaining(Object.keys(reply)));
    }
  },
);

test.each(losses.map((loss) => [loss.name, loss] as const))(
  "the lines that %s shows run, and the parameters are its options",
  async (name, loss) => {
    const { parameters, requestBody } = document.paths[`/v1/losses/${name}/lines`]!["post"]!;
    const { value } = requestBody!.content["application/x-ndjson"].examples.lines;
    const lines = await exchangeLines(service, name, value, { path: `/v1/losses/${name}/lines` });
    expect(lines.map(({ id }) => id)).toEqual([...loss.examples.map((_, i) => `example${i + 1}`), undefined]);
    expect(lines.at(-1)).toMatchObject({ done: true, failed: 0 });
    expect(parameters!.map((parameter) => parameter.name)).toEqual([
      "summary_only",
      ...Object.keys(optionFields(loss)),
    ]);
  },
);

test.each(losses.map(({ name }) => name))(
  "the curve of %s runs with the parameters that its operation shows",
  async (name) => {
    const path = `/v1/losses/${name}/curve`;
    const { operationId, parameters, responses } = document.paths[path]!["get"]!;
    expect([operationId, Object.keys(responses)]).toEqual([
      `curve_${name}`,
      expect.arrayContaining(["200", "406", "422"]),
    ]);
    const shown = parameters!.flatMap(({ name, description }) => {
      const value = / Default: (.*)\.$/.exec(description)?.[1];
      return value === undefined ? [] : [[name, String(JSON.parse(value))] as [string, string]];
    });
    const query = new URLSearchParams(shown);
    expect(query.has("points")).toBe(true);
    const response = await fetch(`${service.url}${path}?${query}`);
    const curve = (await response.json()) as object;
    expect(response.status, JSON.stringify(curve)).toBe(200);
    expect([...Value.Errors(named, curveSchema, curve)]).toEqual([]);
    expect(curve).toEqual(await (await fetch(service.url + path)).json());
  },
);

/** Components of the document by the references that lead to them. */
const components = () =>
  Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, schema]) => [`#/components/schemas/${name}`, schema]),
  ) as unknown as Record<string, TSchema>;

/** What a value lacks or has that its schema in the document does not say, names of fields included. */
function faults(schema: TSchema, value: unknown): unknown[] {
  const { $ref } = schema as { $ref?: string };
  const { properties } = ($ref ? components()[$ref] : schema) as { properties: Record<string, unknown> };
  const undescribed = Object.keys(value as object).filter((name) => !Object.hasOwn(properties, name));
  return [...Value.Errors(components(), schema, value), ...undescribed];
}

test.each<readonly [string, object]>([
  ["/v1/grade", { verdict: "partial", score: 2, max_score: 10 }],
  ["/v1/cases", { separability: { ambiguous: [] } }],
  ...losses.map(({ name }) => [`/v1/losses/${name}/check`, { verdict: "fail" }] as const),
])("each example of %s runs, and its reply is as described", async (path, reply) => {
  const { requestBody, responses } = document.paths[path]!["post"]!;
  const { schema, examples } = requestBody!.content["application/json"];
  expect(Object.keys(examples)).not.toEqual([]);
  for (const { value } of Object.values(examples)) {
    expect(faults(schema, value)).toEqual([]);
    const response = await fetch(service.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(value),
    });
    const found = await response.json();
    expect([response.status, found]).toMatchObject([200, reply]);
    expect(faults(responses["200"]!.content!["application/json"]!.schema, found)).toEqual([]);
  }
});

test("the lines that a batch of submissions shows run, and its replies are as described", async () => {
  const { requestBody } = document.paths["/v1/grade/batch"]!["post"]!;
  const { value } = requestBody!.content["application/x-ndjson"].examples.lines;
  const replies = await exchangeLines(service, "", value, { path: "/v1/grade/batch" });
  const [{ line, id, ...report }, last] = replies as [ReplyLine, ReplyLine];
  expect([line, id, replies.length]).toEqual([2, "s-42", 2]);
  expect(report).toMatchObject({ submission: "s-42", verdict: "partial", score: 2 });
  expect(faults({ $ref: "#/components/schemas/Report" } as TSchema, report)).toEqual([]);
  const { lines, failed, verdicts, mistakes, mean_score, ...ending } = last;
  expect([lines, failed, verdicts, mistakes, mean_score, ending]).toEqual([
    1,
    0,
    { pass: 0, partial: 1, fail: 0, format_error: 0 },
    {},
    2,
    { done: true, unexplained: 0, clusters: [] },
  ]);
});

/** Requests that no example shows, so that a schema which takes anything would be seen. */
test("what is not described is a fault by the document", () => {
  const schema = document.paths["/v1/grade"]!["post"]!.requestBody!.content["application/json"].schema;
  expect(faults(schema, { task: {}, submission: { claims: [] }, more: 1 })).not.toEqual([]);
});
