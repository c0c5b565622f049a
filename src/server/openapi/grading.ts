import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { claimedSchema, gradingSchemas, verdictSchema } from "../../grading/schemas.ts";
import type { Example, Loss } from "../../losses/loss.ts";
import { requestSchema } from "../../losses/schemas/fields.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import type { Documentation } from "./openapi.ts";

const elsewhere: readonly ProblemCode[] = ["not_found", "unknown_loss", "method_not_allowed"];
const asked = (Object.keys(problems) as ProblemCode[]).filter((code) => !elsewhere.includes(code));
const tags = ["grading"];
const ref = (name: keyof typeof gradingSchemas) => ({ $ref: `${name}#` });

const claim = { loss: 1.4170300162778335 };
const batch = { logits: [[2, 1, 0.1]], labels: [1] };
const task = {
  loss: "cross_entropy",
  cases: [
    { id: "base", ...batch },
    { id: "drawn", generate: { seed: 7 }, visibility: "hidden" },
  ],
  parts: [
    { output: "loss", points: 4 },
    { output: "losses", points: 2 },
    { output: "gradients", points: 4 },
  ],
};
const submission = { id: "s-42", claims: [{ case: "base", ...claim }] };

export const batchParameters = {
  summary_only: Type.Boolean({ default: false, description: "Send only the last line, the summary." }),
};

const batchRequest =
  'The first line is `{"task":{…}}`, every other one a submission, `{"id":…,"claims":[…]}`, up to BODY_BYTES_MAX each. Blank lines are passed over. The task is prepared once. Read while you write: once STREAM_BUFFER_BYTES_MAX of replies are unread, nothing more is read, and after IDLE_TIMEOUT_MS of that the stream ends with `reader_stalled`.';

const batchReply =
  'A report a submission, in their order, each with its `line` (the task\'s is 1) and the `id`, if there was one. A line that is no submission has its problem instead. The last line is `{"done":true,"lines":…,"failed":…,"verdicts":{…},"mistakes":{…},"mean_score":…,"unexplained":…,"clusters":[…]}`: how many reports have each verdict and name each mistake, the most frequent first, the mean of the scores, added up exactly, and how many submissions have numbers that no mistake explains; those of two and more whose numbers are the same, however they are printed, are a cluster, `{"submissions":37,"outputs":["gradients"],"details":["is 0.25 × the right one"],"lines":[…]}`, the largest first; or `{"done":false,"lines":…,"failed":…,…}` with the problem that ended the stream before its end, a task that is not allowed among them.';

const documented = (examples: readonly Example[]): Documentation => ({ problems: asked, examples });

const operations = {
  grade: {
    summary: "Grade a submission against a task",
    body: ref("GradeRequest"),
    response: { 200: { description: "The report.", ...ref("Report") } },
    "x-lossd": documented([{ summary: "A right loss, and nothing else", request: { task, submission } }]),
  },
  cases: {
    summary: "A task's cases as they are computed, and which mistakes they cannot show or tell apart",
    body: ref("CasesRequest"),
    response: { 200: { description: "The cases.", ...ref("CasesReply") } },
    "x-lossd": documented([{ summary: "One case given, one drawn from a seed", request: { task } }]),
  },
  grade_batch: {
    summary: "Grade submissions to one task, one a line",
    querystring: Type.Object({ summary_only: Type.Optional(batchParameters.summary_only) }),
    body: { content: { "application/x-ndjson": { schema: { type: "string", description: batchRequest } } } },
    response: {
      200: {
        description: "The reports.",
        content: { "application/x-ndjson": { schema: { type: "string", description: batchReply } } },
      },
    },
    "x-lossd": documented([
      { summary: "The task", request: { task } },
      { summary: "A submission", request: submission },
    ]),
  },
  mistakes: {
    summary: "The mistakes that a diagnosis can name",
    response: { 200: { description: "In the catalogue's order.", ...ref("Mistakes") } },
    "x-lossd": {
      problems: ["bad_request", "not_acceptable", "unknown_host", "headers_too_large", "internal"],
    } as Documentation,
  },
};

export function addGradingSchemas(app: FastifyInstance): void {
  for (const [$id, schema] of Object.entries(gradingSchemas)) app.addSchema({ ...schema, $id });
}

export function addVerdictSchema(app: FastifyInstance): void {
  app.addSchema({ ...verdictSchema, $id: "VerdictReply" });
}

/** What the OpenAPI document says of an operation. */
export function describeGrading(operation: keyof typeof operations) {
  return { schema: { tags, operationId: operation, ...operations[operation] } };
}

/** The body of a check: a request of its loss, and the claim. */
export function checkSchema(loss: Loss, format: "check" | "verdict" = "check") {
  const tolerance = { tolerance: Type.Optional(gradingSchemas.Task.properties.tolerance) };
  return Type.Object(
    { ...requestSchema(loss).properties, claim: claimedSchema, ...(format === "check" && tolerance) },
    { additionalProperties: false },
  );
}

const checks = {
  check: {
    summary: ({ name }: Loss) => `Whether a claim about ${name} is right, and if not, which mistake it is`,
    reply: "CheckReply",
  },
  verdict: { summary: ({ name }: Loss) => `Whether a claim about ${name} is right`, reply: "VerdictReply" },
};

export function describeCheck(loss: Loss, format: keyof typeof checks, hide: boolean) {
  const { summary, request } = loss.examples.find(({ request }) => "logits" in request)!;
  // As a mean: without a reduction there is no single loss to claim.
  const { reduction: _reduction, outputs: _outputs, ...batch } = request as Record<string, unknown>;
  return {
    schema: {
      tags: [loss.name],
      operationId: `check_${loss.name}`,
      summary: checks[format].summary(loss),
      body: checkSchema(loss, format),
      response: { 200: { description: "What was found.", $ref: `${checks[format].reply}#` } },
      "x-lossd": documented([
        { summary: `${summary}; a loss of 3 is claimed`, request: { ...batch, claim: { loss: 3 } } },
      ]),
      hide,
    },
  };
}
