import { Type } from "typebox";
import type { Loss } from "../../losses/loss.ts";
import type { ProblemCode } from "../../problems.ts";
import { linesFields } from "../../wire/ndjson/query.ts";
import type { Documentation } from "./openapi.ts";

const requestDescription = `A request body a line, up to BODY_BYTES_MAX each, beside them an \`id\`: a string or a whole number. Blank lines are passed over. Options in the query are for every line, and a line's own win.

Read while you write: once STREAM_BUFFER_BYTES_MAX of replies are unread, nothing more is read, and after IDLE_TIMEOUT_MS of that the stream ends with \`reader_stalled\`. A client that sends all before it reads keeps within that, or asks for \`summary_only=true\`.`;

const replyDescription = `A reply a line, in their order, each with its \`line\` (from 1) and the \`id\`, if there was one. A line that is not allowed has its problem instead: the members of Problem without \`request_id\`. The last line is \`{"done":true,"lines":…,"failed":…,"loss_sum":…,"weight_sum":…,"valid_count":…}\`: sums over all examples of all lines, rounded once; or \`{"done":false,"lines":…,"failed":…,…}\` with the problem that ended the stream before its end.`;

/** What the OpenAPI document says of POST /v1/losses/{loss}/lines. */
export function describeLines(loss: Loss, problems: readonly ProblemCode[], hide: boolean) {
  const lines = (description: string) => ({
    content: { "application/x-ndjson": { schema: { type: "string", description } } },
  });
  const examples = loss.examples.map(({ summary, request }, i) => ({
    summary,
    request: { id: `example${i + 1}`, ...request },
  }));
  const fields = Object.entries(linesFields(loss)).map(([name, schema]) => [name, Type.Optional(schema)]);
  return {
    tags: [loss.name],
    operationId: `stream_${loss.name}`,
    summary: `${loss.name} of a stream of batches, one a line`,
    // Lists are one parameter each, with commas.
    querystring: { ...Type.Object(Object.fromEntries(fields)), style: "form", explode: false },
    body: lines(requestDescription),
    response: { 200: { description: "The replies.", ...lines(replyDescription) } },
    "x-lossd": { problems, examples } satisfies Documentation,
    hide,
  };
}
