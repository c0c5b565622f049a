import { STATUS_CODES } from "node:http";
import { type Problem, problemMembers } from "../problems.ts";
import { versionHeader } from "../version.ts";
import { formatTimings } from "./timings.ts";

export const problemMediaType = "application/problem+json";

/** The body of every reply that is no success (RFC 9457). */
export function problemBody(problem: Problem, status: number, requestId: string): string {
  const { errors, ...members } = problemMembers(problem, status);
  return JSON.stringify({ ...members, request_id: requestId, ...(errors && { errors }) });
}

/** The reply to what never reached a route. It ends its connection. */
export function plainProblemReply(problem: Problem, requestId: string) {
  const body = problemBody(problem, problem.status, requestId);
  const headers = {
    "content-type": problemMediaType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-request-id": requestId,
    "x-lossd-version": versionHeader,
    "server-timing": formatTimings({}),
    connection: "close",
  };
  return { headers, body };
}

/** The same as text, for a bare socket. */
export function rawProblemReply(problem: Problem, requestId: string): string {
  const { headers, body } = plainProblemReply(problem, requestId);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...lines, "", body].join("\r\n");
}
