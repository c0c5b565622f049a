// The OpenAPI document on the Open Inference Protocol: its example runs as it is shown, and its errors are those that come.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { problems } from "#lossd/problems.js";
import { type Service, startService } from "../../harness/service.js";
import { read, send } from "../../harness/v2_client.js";

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly schema: { readonly default?: string } }[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly examples?: Record<string, { readonly value: object }> }>;
  };
  readonly responses: Record<string, { readonly $ref?: string }>;
}

const document = JSON.parse(readFileSync("openapi/openapi.json", "utf8")) as {
  readonly paths: Record<string, Record<string, Operation>>;
};
const paths = Object.entries(document.paths).filter(([path]) => path.startsWith("/v2"));
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test("has every path, with and without a version", () => {
  const ofModel = ["", "/config", "/infer", "/ready", "/stats"].map((end) => `/v2/models/{model}${end}`);
  const ofVersion = ofModel.map((path) => path.replace("{model}", "{model}/versions/{version}"));
  const others = [
    "/v2",
    "/v2/health/live",
    "/v2/health/ready",
    "/v2/models",
    "/v2/models/stats",
    "/v2/repository/index",
  ];
  expect(paths.map(([path]) => path).sort()).toEqual([...ofModel, ...ofVersion, ...others].sort());
});

test("shows an example that its first model computes, in JSON and in octets", async () => {
  const { parameters, requestBody } = document.paths["/v2/models/{model}/infer"]!["post"]!;
  const model = parameters?.find(({ name }) => name === "model")?.schema.default;
  expect(Object.keys(requestBody!.content)).toEqual(["application/json", "application/octet-stream"]);
  const examples = Object.values(requestBody!.content["application/json"]!.examples!);
  expect(examples.length).toBeGreaterThan(0);
  for (const { value } of examples) {
    const answer = await send(service, JSON.stringify(value), { "content-type": "application/json" }, model);
    expect(answer.status, answer.bytes.toString()).toBe(200);
    expect(read(answer).outputs.length).toBeGreaterThan(0);
  }
});

test("describes each error of an inference in the protocol's shape, a 422 as 400", () => {
  const { responses } = document.paths["/v2/models/{model}/infer"]!["post"]!;
  const elsewhere = ["not_found", "method_not_allowed", "not_acceptable"];
  for (const [code, { status }] of Object.entries(problems).filter(([code]) => !elsewhere.includes(code))) {
    expect(responses[status === 422 ? 400 : status]?.$ref, code).toMatch(/^#\/components\/responses\/V2/);
  }
  expect(responses).not.toHaveProperty("422");
});
