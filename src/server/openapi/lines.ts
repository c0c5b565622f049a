import { type TSchema, Type } from "typebox";
import type { Example, Loss } from "../../losses/loss.ts";
import type { Media } from "../../wire/format.ts";
import { linesFields } from "../../wire/ndjson/query.ts";
import { addMedia, type Described } from "./media_types.ts";

const requestDescription = `A request body a line, up to BODY_BYTES_MAX each, beside them an \`id\`: a string or a whole number. Blank lines are passed over. Options in the query are for every line, and a line's own win.

Read while you write: once STREAM_BUFFER_BYTES_MAX of replies are unread, nothing more is read, and after IDLE_TIMEOUT_MS of that the stream ends with \`reader_stalled\`. A client that sends all before it reads keeps within that, or asks for \`summary_only=true\`.`;

const replyDescription = `A reply a line, in their order, each with its \`line\` (from 1) and the \`id\`, if there was one. A line that is not allowed has its problem instead: the members of Problem without \`request_id\`. The last line is \`{"done":true,"lines":…,"failed":…,"loss_sum":…,"weight_sum":…,"valid_count":…}\`: sums over all examples of all lines, rounded once; or \`{"done":false,"lines":…,"failed":…,…}\` with the problem that ended the stream before its end.`;

const linesMedia: Media = {
  type: "application/x-ndjson",
  holds: { request: requestDescription, reply: replyDescription },
};

/** The parameters of a stream. A single body has its options in itself. */
export function linesParameters(loss: Loss) {
  const fields = Object.entries(linesFields(loss)).map(([name, schema]) => [name, Type.Optional(describe(schema))]);
  // Lists are one parameter each, with commas.
  return { ...Type.Object(Object.fromEntries(fields)), style: "form", explode: false };
}

/** Without its default: what a form fills in by itself would count as given. */
function describe(schema: TSchema): TSchema {
  const { default: _, description = "", ...rules } = schema as TSchema & { default?: unknown; description?: string };
  return { ...rules, description: `Of NDJSON only. ${description}` };
}

/** Describes streams of an operation's bodies. */
export function addLines(operation: Described, examples: readonly Example[]): void {
  const value = examples.map(({ request }, i) => JSON.stringify({ id: `example${i + 1}`, ...request })).join("\n");
  addMedia(operation, linesMedia, { lines: { summary: "The examples, one a line", value: `${value}\n` } });
}
