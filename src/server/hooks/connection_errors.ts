import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Problem } from "../../problems.ts";
import { rawProblemReply } from "../http/problem_reply.ts";
import { requestIdOf } from "../http/request_id.ts";
import type { RefusalObserver } from "./request_log.ts";

/** Answers what Node's parser refuses: it never becomes a request, so that no hook and no route sees it. */
export function connectionErrorHandler(onRefused: RefusalObserver) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    // Node hangs the reply at work on its socket: if its head is out, a second one would corrupt it.
    const { _httpMessage: reply } = socket as Duplex & { _httpMessage?: ServerResponse | null };
    if (error.code === "ECONNRESET" || !socket.writable || (reply?.headersSent && !reply.req.complete)) {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    const problem = problemOf(error);
    if (reply?.req.complete) {
      // An earlier request on the connection is still being answered: its reply goes first.
      onRefused(problem.status, problem.code, requestId);
      reply.once("close", () => socket.writable && end(socket, problem, requestId));
      return;
    }
    // A request that broke off in its body has a log line of its own.
    if (!reply) onRefused(problem.status, problem.code, requestId);
    end(socket, problem, requestId);
  };
}

/** Answers where Node by itself would send an empty reply or none: CONNECT, an unknown Expect. */
export function answerOddRequests(server: Server, onRefused: RefusalObserver): void {
  server.on("connect", (message, socket) => {
    const problem = new Problem("bad_request", "CONNECT is for proxies, and this is none");
    const requestId = requestIdOf(message);
    onRefused(problem.status, problem.code, requestId);
    end(socket, problem, requestId);
  });
  const route = (message: IncomingMessage, reply: ServerResponse) => server.emit("request", message, reply);
  // A client that waits for "100 Continue" gets it when its body is read, so that a refused body is never sent.
  server.on("checkContinue", route);
  server.on("checkExpectation", route);
}

function end(socket: Duplex, problem: Problem, requestId: string): void {
  // The rest of what the client sends is read off until it closes: a reset would take the reply back.
  socket.end(rawProblemReply(problem, requestId));
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
}

const lingerMs = 2000;

function problemOf({ code = "", message }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new Problem("request_timeout", "the request did not arrive in time");
    case "HPE_HEADER_OVERFLOW":
      return new Problem("headers_too_large", "the request's headers have more than 16384 bytes");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new Problem("bad_request", "the chunk extensions are too large");
    default:
      // llhttp's sentence says what is wrong, and holds nothing of the request.
      return new Problem("bad_request", code.startsWith("HPE_") ? message : "the request cannot be read");
  }
}
