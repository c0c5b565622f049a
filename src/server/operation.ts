import type { FastifyReply, FastifyRequest } from "fastify";
import type { JobAnswer, JobHead } from "../service/formats.ts";

/** What one kind of request that computes has of its own. All else of a request's life is in exchange.ts. */
export interface Operation {
  /** The media types of its body. Absent: a body's type says nothing, or there is no body. */
  readonly takes?: readonly string[];
  /** The media types of its reply, the best one first; Accept chooses. Absent: it is not asked. */
  readonly gives?: readonly [string, ...string[]];
  /** The configuration's bound on its numbers: ELEMENTS_MAX if absent. */
  readonly limit?: "ELEMENTS_MAX" | "GRADING_ELEMENTS_MAX";
  /** Whether COMPRESS_REPLIES is for its replies. */
  readonly isCompressible?: true;
  /** What the job is but for its body, by the request's headers and address. Throws a Problem. */
  prepare(request: FastifyRequest): JobHead;
  /** Of a request without a body: what a worker reads in its place. */
  bodyOf?(request: FastifyRequest): Uint8Array;
  /** Sets the headers of the reply that are its own. */
  describe(reply: FastifyReply, answer: JobAnswer): void;
  /** What is sent in place of the worker's bytes, where that is not the same. */
  convert?(request: FastifyRequest, pieces: readonly Uint8Array[]): Promise<string> | undefined;
}

/** Describes replies in text of that media type, which no cache keeps. */
export function asText(type: string): Operation["describe"] {
  const contentType = `${type}; charset=utf-8`;
  return (reply) => void reply.header("content-type", contentType).header("cache-control", "no-store");
}
