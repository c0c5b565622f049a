// A service for students: of claims it says whether they are right, and there is nothing else to have.
import { Value } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verdictSchema } from "#lossd/grading/schemas.js";
import { losses } from "#lossd/losses/registry.js";
import { type ProblemReply, type Service, startService } from "../harness/service.js";

let whole: Service;
let service: Service;

beforeAll(async () => {
  [whole, service] = await Promise.all([startService(), startService({}, undefined, "check")]);
});
afterAll(() => Promise.all([whole.stop(), service.stop()]));

const batch = {
  logits: [
    [2, 1, 0.1],
    [0.5, 2, 1],
  ],
  labels: [1, 0],
};
const right = 1.690699400192889;

const ask = (body: object, loss = "cross_entropy") =>
  fetch(`${service.url}/v1/losses/${loss}/check`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test.each([
  ["a right claim", { loss: right }, { verdict: "pass", parts: [{ output: "loss", verdict: "pass" }] }],
  ["a wrong claim", { loss: 2 * right }, { verdict: "fail", parts: [{ output: "loss", verdict: "fail" }] }],
  [
    "a claim of which half is right",
    { loss: right, losses: [1, 2] },
    {
      verdict: "partial",
      parts: [
        { output: "loss", verdict: "pass" },
        { output: "losses", verdict: "fail" },
      ],
    },
  ],
])("of %s the verdicts are told, and no number", async (_what, claim, wanted) => {
  const reply = await ask({ ...batch, claim });
  expect([reply.status, await reply.json()]).toEqual([200, wanted]);
});

test("of a claim that cannot be compared it is told why, in the form that the document describes", async () => {
  const reply = await (await ask({ ...batch, claim: { loss: right, losses: [1] } })).json();
  expect(reply).toMatchObject({ verdict: "partial", format_errors: [{ pointer: "/claim/losses" }] });
  expect([...Value.Errors(verdictSchema, reply)]).toEqual([]);
});

test("a tolerance is not the student's to choose: a wide one would tell where the right number lies", async () => {
  const reply = await ask({ ...batch, claim: { loss: 1 }, tolerance: { absolute: 1 } });
  const { errors } = (await reply.json()) as ProblemReply;
  expect([reply.status, errors]).toEqual([422, [expect.objectContaining({ pointer: "/tolerance" })]]);
});

test("an alias is answered as its loss is", async () => {
  expect((await ask({ ...batch, claim: { loss: right } }, "cce")).status).toBe(200);
});

interface Document {
  readonly paths: Record<string, Record<string, { readonly tags: readonly string[] }>>;
  readonly tags: readonly { readonly name: string }[];
  readonly components: { readonly schemas: Record<string, unknown> };
}
const documentOf = async ({ url }: Service) => (await (await fetch(`${url}/openapi.json`)).json()) as Document;
const requestsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));

test("the document lists what is there, and no tag and no schema beside", async () => {
  const document = await documentOf(service);
  const checks = losses.map(({ name }) => `post /v1/losses/${name}/check`);
  expect(requestsOf(document).sort()).toEqual([...checks, "get /health/live", "get /health/ready"].sort());
  const used = Object.values(document.paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags));
  expect(document.tags.map(({ name }) => name).sort()).toEqual([...new Set(used)].sort());
  const text = JSON.stringify(document);
  const unused = Object.keys(document.components.schemas).filter((name) => !text.includes(`/schemas/${name}"`));
  expect(unused).toEqual([]);
  expect(text).not.toMatch(/"(worst|reference|tolerance|diagnosis)"/);
});

test("whatever else the whole service has is not there", async () => {
  const there = new Set(requestsOf(await documentOf(service)));
  const others = requestsOf(await documentOf(whole)).filter((request) => !there.has(request));
  expect(others.length).toBeGreaterThan(60);
  const aliases = losses.flatMap((loss) => loss.aliases.map((name) => `post /v1/losses/${name}`));
  for (const request of [...others, ...aliases]) {
    const [method, path] = request.split(" ") as [string, string];
    const url = service.url + path.replaceAll("{model_name}", "mse").replaceAll(/\{\w+\}/g, "1");
    const headers = { "content-type": "application/json" };
    const body = method === "post" ? JSON.stringify(batch) : null;
    const reply = await fetch(url, { method: method.toUpperCase(), headers, body });
    const text = await reply.text();
    expect([reply.status, text.includes("not_found") || path.startsWith("/v2")], `${request}: ${text}`).toEqual([
      404,
      true,
    ]);
  }
});
