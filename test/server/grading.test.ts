// Grading over HTTP: one request, and batches of submissions.
import { Value } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gradingSchemas } from "#lossd/grading/schemas.js";
import { LinesClient, type ReplyLine } from "../harness/lines_client.js";
import { isWell, type ProblemReply, type Service, startService } from "../harness/service.js";

let service: Service;
let alone: Service;

beforeAll(async () => {
  [service, alone] = await Promise.all([startService({ WORKERS: "4" }), startService({ WORKERS: "1" })]);
});
afterAll(() => Promise.all([service.stop(), alone.stop()]));

const send = (path: string, body: unknown, type = "application/json", to = service) =>
  fetch(to.url + path, {
    method: "POST",
    headers: { "content-type": type },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const batch = {
  logits: [
    [2, 1, 0.1],
    [0.5, 2, 1],
  ],
  labels: [1, 0],
};
const right = async () =>
  (await (await send("/v1/losses/cce", batch)).json()) as { loss: number; gradients: number[][] };
const task = { loss: "cce", cases: [{ id: "a", ...batch }], parts: [{ output: "gradients", points: 4 }] };
const times = (gradients: number[][], factor: number) => gradients.map((row) => row.map((value) => value * factor));

test.each([
  ["a right claim", 1, "pass", []],
  ["a flipped sign", -1, "fail", ["grad-sign-flipped"]],
  ["a division by N that is missing", 2, "fail", ["grad-missing-1-over-n"]],
])("%s is told by check and by grade alike", async (_what, factor, verdict, ids) => {
  const gradients = times((await right()).gradients, factor);
  const checked = await (await send("/v1/losses/cce/check", { ...batch, claim: { gradients } })).json();
  const graded = await (await send("/v1/grade", { task, submission: { claims: [{ case: "a", gradients }] } })).json();
  for (const reply of [checked, graded] as { verdict: string; diagnosis: { candidates: { id: string }[] } }[]) {
    expect(reply.verdict).toBe(verdict);
    expect(reply.diagnosis.candidates.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
  }
});

const refs = Object.fromEntries(Object.entries(gradingSchemas).map(([name, schema]) => [`${name}#`, schema]));

test.each([
  ["/v1/grade", { task, submission: { id: "s", claims: [{ case: "a", gradients: [[1, "x", 2]] }] } }, "Report"],
  ["/v1/grade", { task, submission: { claims: [{ case: "a", gradients: [0, 0, 0, 0, 0, "-Infinity"] }] } }, "Report"],
  ["/v1/cases", { task: { ...task, cases: [{ id: "b", generate: { seed: 1 } }] } }, "CasesReply"],
  ["/v1/losses/cross_entropy/check", { ...batch, claim: { loss: 1, losses: [1, "NaN"] } }, "CheckReply"],
] as const)("the reply of %s is as described", async (path, body, name) => {
  const response = await send(path, body);
  const reply = await response.json();
  expect(response.status, JSON.stringify(reply)).toBe(200);
  expect([...Value.Errors(refs, gradingSchemas[name], reply)]).toEqual([]);
  expect(Object.keys(gradingSchemas[name].properties)).toEqual(expect.arrayContaining(Object.keys(reply as object)));
});

test("the catalogue of mistakes is data", async () => {
  const reply = await (await fetch(`${service.url}/v1/mistakes`)).json();
  expect([...Value.Errors(refs, gradingSchemas.Mistakes, reply)]).toEqual([]);
  expect(JSON.stringify(reply)).toContain('"id":"grad-missing-1-over-n"');
});

test("cases say what the inputs that a teacher gives cannot show", async () => {
  const one = { loss: "cce", cases: [{ id: "a", logits: [[2, 1, 0.1]], labels: [1] }] };
  const { cases, separability } = (await (await send("/v1/cases", { task: one })).json()) as {
    cases: unknown[];
    separability: { ambiguous: string[][]; untested: string[] };
  };
  expect(cases).toEqual(one.cases);
  // A mean over one example is its sum.
  expect(separability.untested).toContain("grad-missing-1-over-n");
});

/** Cases that draw a million numbers each: ELEMENTS_MAX is 16 times that and a little. */
const drawing = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `c${i}`, generate: { seed: i, rows: 1000, columns: 1000 } }));

test.each([
  ["/v1/grade", "{", 400, "invalid_json", undefined],
  ["/v1/grade", '{"task":{},"task":{}}', 400, "duplicate_key", undefined],
  ["/v1/grade", { task, submission: { claims: 1 } }, 422, "invalid_request", "/submission/claims"],
  ["/v1/grade", { task: { ...task, loss: "x" }, submission: { claims: [] } }, 422, "invalid_request", "/task/loss"],
  [
    "/v1/cases",
    { task: { ...task, cases: [{ ...task.cases[0], labels: [1, 3] }] } },
    422,
    "invalid_request",
    "/task/cases/0/labels/1",
  ],
  ["/v1/cases", { task: { loss: "cce", cases: drawing(17) } }, 413, "too_many_elements", undefined],
  ["/v1/losses/cce/check", batch, 422, "invalid_request", "/claim"],
  ["/v1/losses/cce/check", { ...batch, claim: {} }, 422, "invalid_request", "/claim"],
  ["/v1/losses/cce/check", { ...batch, claim: { los: 1 } }, 422, "invalid_request", "/claim/los"],
  ["/v1/losses/nothing/check", batch, 404, "unknown_loss", undefined],
  [
    "/v1/cases",
    { task: { loss: "cce", cases: [{ id: "a", generate: { seed: 1, rows: 1001 } }] } },
    422,
    "invalid_request",
    "/task/cases/0/generate/rows",
  ],
] as const)("%s of %j is refused with its place, and the next request works", async (path, body, status, code, at) => {
  const response = await send(path, body);
  const problem = (await response.json()) as ProblemReply;
  expect([response.status, problem.code, problem.errors?.[0]?.pointer], problem.detail).toEqual([status, code, at]);
  expect(await isWell(service)).toBe(true);
});

test.each([
  ["/v1/grade", "application/json"],
  ["/v1/grade/batch", "application/x-ndjson"],
])("%s takes %s alone, and says so", async (path, type) => {
  const response = await send(path, "{}", "text/plain");
  expect([response.status, response.headers.get("accept-post")]).toEqual([415, type]);
});

const grade = async (lines: readonly unknown[], to = service) => {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  return (await send("/v1/grade/batch", text, "application/x-ndjson", to)).text();
};
const parsed = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ReplyLine);
const claims = (gradients: number[][]) => [{ case: "a", gradients }];

test("a batch is a report a line in their order, a problem for a bad one, and a summary", async () => {
  const { gradients } = await right();
  const replies = parsed(
    await grade([
      { task },
      { id: "s-1", claims: claims(gradients) },
      "",
      { id: 7, claims: claims(times(gradients, -1)) },
      "x",
      { id: "s-3", claims: 1 },
      { claims: [{ case: "a", gradients: "x" }] },
      { id: "s-4", claims: claims(times(gradients, -1)) },
    ]),
  );
  expect(replies.map(({ line, id, verdict, code }) => [line, id, verdict ?? code])).toEqual([
    [2, "s-1", "pass"],
    [4, 7, "fail"],
    [5, undefined, "invalid_json"],
    [6, "s-3", "invalid_request"],
    [7, undefined, "format_error"],
    [8, "s-4", "fail"],
    [undefined, undefined, undefined],
  ]);
  expect(replies[1]).toMatchObject({ submission: "7" });
  expect((replies[3]?.["errors"] as ProblemReply["errors"])?.[0]?.pointer).toBe("/claims");
  expect(replies.at(-1)).toMatchObject({
    done: true,
    lines: 6,
    failed: 2,
    verdicts: { pass: 1, partial: 0, fail: 2, format_error: 1 },
    mean_score: 1,
  });
});

test.each([
  ["nothing", [], 0, "invalid_request", ""],
  ["no task", [{ claims: [] }], 0, "invalid_request", "/claims"],
  [
    "a task that is not allowed",
    [{ task: { ...task, loss: "x" } }, { claims: [] }],
    0,
    "invalid_request",
    "/task/loss",
  ],
  ["no JSON", ["x", { claims: [] }], 0, "invalid_json", undefined],
] as const)("a batch whose first line is %s ends with the problem", async (_what, lines, count, code, at) => {
  const replies = parsed(await grade(lines));
  expect(replies).toHaveLength(1);
  expect(replies[0]).toMatchObject({ done: false, lines: count, failed: 0, code });
  expect((replies[0]?.["errors"] as ProblemReply["errors"])?.[0]?.pointer).toBe(at);
  expect(await isWell(service)).toBe(true);
});

test("a batch has the same bytes with one worker and with four, and its reports are those of single requests", async () => {
  const { gradients } = await right();
  const submissions = Array.from({ length: 600 }, (_, i) => ({
    id: `s-${i}`,
    claims: claims(times(gradients, [1, -1, 2, 0.3][i % 4]!)),
  }));
  const lines = [{ task }, ...submissions];
  const text = await grade(lines);
  expect(await grade(lines, alone)).toBe(text);
  for (const i of [0, 1, 2, 3, 599]) {
    const single = await (await send("/v1/grade", { task, submission: submissions[i] })).text();
    expect(text.split("\n")[i]).toBe(`{"line":${i + 2},"id":"s-${i}",${single.slice(1)}`);
  }
  expect(parsed(text).at(-1)).toMatchObject({ lines: 600, mean_score: 1, verdicts: { pass: 150, fail: 450 } });
});

test("a batch under way ends with a problem when the service stops, after what was sent", async () => {
  const draining = await startService();
  const client = new LinesClient(draining, "", { path: "/v1/grade/batch" });
  await client.write(`${JSON.stringify({ task })}\n${JSON.stringify({ id: "s", claims: [] })}\n`);
  expect(await client.line()).toMatchObject({ line: 2, id: "s", verdict: "fail" });
  draining.app.lifecycle.startRefusing();
  expect(await client.line()).toMatchObject({ done: false, lines: 1, failed: 0, code: "draining" });
  client.destroy();
  await draining.stop();
});

test("a batch's log has its counts and nothing of its content", async () => {
  await grade([{ task }, { id: "Ada", claims: [] }]);
  const line = await service.logged(({ route, lines }) => route === "/v1/grade/batch" && lines === 1);
  expect(JSON.stringify(line)).not.toContain("Ada");
});
