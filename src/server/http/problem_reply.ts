import { STATUS_CODES } from "node:http";
import { type Problem, type ProblemCode, problemMembers, problems } from "../../problems.ts";
import { versionHeader } from "../../version.ts";
import { noPage, noSniffing } from "./browsers.ts";
import { formatTimings } from "./timings.ts";

export const problemMediaType = "application/problem+json";

/** Whether a path is of the Open Inference Protocol. */
export function isV2(url: string): boolean {
  return /^\/v2(?:[/?]|$)/.test(url);
}

/** What the Open Inference Protocol answers with 400, v1 with 422. */
export function statusInV2(code: ProblemCode): number {
  return code === "invalid_request" ? 400 : problems[code].status;
}

/**
 * A reply that is no success, in the shape of the protocol that the path belongs to. `overloadStatus` is that of a full
 * queue.
 */
export function problemReply(problem: Problem, url: string, requestId: string, overloadStatus?: number) {
  const { code, detail, errors } = problem;
  const inV2 = isV2(url);
  const own = inV2 ? statusInV2(code) : problem.status;
  const status = code === "queue_full" ? (overloadStatus ?? own) : own;
  if (!inV2) return { status, mediaType: problemMediaType, body: problemBody(problem, status, requestId) };
  const faults = errors.map((fault) => [fault.pointer, fault.detail].filter(Boolean).join(": "));
  // The protocol's errors are one string, so it lists every fault.
  const error = faults.length > 1 ? faults.join("; ") : detail;
  return { status, mediaType: "application/json", body: JSON.stringify({ error }) };
}

/** The body of a reply that is no success (RFC 9457). */
function problemBody(problem: Problem, status: number, requestId: string): string {
  const { errors, ...members } = problemMembers(problem, status);
  return JSON.stringify({ ...members, request_id: requestId, ...(errors && { errors }) });
}

/** The reply to what never reached a route. It ends its connection. */
export function plainProblemReply(problem: Problem, requestId: string, url = "") {
  const { status, mediaType, body } = problemReply(problem, url, requestId);
  const headers = {
    "content-type": mediaType,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": noSniffing,
    "content-security-policy": noPage,
    "x-request-id": requestId,
    "x-lossd-version": versionHeader,
    "server-timing": formatTimings({}),
    connection: "close",
  };
  return { status, headers, body };
}

/** The same as text, for a bare socket. */
export function rawProblemReply(problem: Problem, requestId: string): string {
  const { status, headers, body } = plainProblemReply(problem, requestId);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n");
}
