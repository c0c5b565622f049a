import type { FastifyReply } from "fastify";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { versionHeader } from "../../version.ts";
import { noPage, noSniffing } from "../http/browsers.ts";
import { waitsForContinue } from "../http/record.ts";
import { formatTimings } from "../http/timings.ts";
import { isLastReply } from "./queued_replies.ts";

/** Sets the headers that every reply has: which request it answers, which engine answered, and where the time went. */
export function stampReply(reply: FastifyReply, lifecycle: Lifecycle): void {
  const { request } = reply;
  reply.header("x-content-type-options", noSniffing);
  if (!reply.hasHeader("content-security-policy")) reply.header("content-security-policy", noPage);
  reply.header("x-request-id", request.id);
  reply.header("x-lossd-version", versionHeader);
  reply.header("server-timing", formatTimings(request.record.timings));
  if (request.record.trace) reply.header("traceparent", request.record.trace.traceparent);
  // While draining, a connection kept alive would be waited for. A body that was never asked for may still come, and
  // would be taken for the next request.
  const isLast = (lifecycle.refusing && isLastReply(reply.raw)) || waitsForContinue(request);
  if (isLast) reply.header("connection", "close");
}
