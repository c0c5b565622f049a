import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The caller's id where it is safe in a log and a header, else a new one. */
export function requestIdOf(message: Pick<IncomingMessage, "headers">): string {
  const id = message.headers["x-request-id"];
  return typeof id === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(id) ? id : randomUUID();
}
