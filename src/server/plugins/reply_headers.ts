import type { FastifyInstance } from "fastify";
import { versionHeader } from "../../version.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { waitsForContinue } from "../request_record.ts";
import { formatTimings } from "../timings.ts";

/** Every reply says which request it answers, which engine answered, and where the time went. */
export function addReplyHeaders(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook("onSend", (request, reply, _payload, done) => {
    reply.header("x-request-id", request.id);
    reply.header("x-lossd-version", versionHeader);
    reply.header("server-timing", formatTimings(request.record.timings));
    // While draining, a connection kept alive would be waited for. A body that was never asked for may still come, and
    // would be taken for the next request.
    if (lifecycle.refusing || waitsForContinue(request)) reply.header("connection", "close");
    done();
  });
}
