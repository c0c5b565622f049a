import type { Config } from "../config.ts";
import type { Answered, Reservation } from "../pool/pool.ts";
import { Problem } from "../problems.ts";
import type { Job, JobResult } from "../service/formats.ts";
import type { ComputePool, Lifecycle } from "../service/lifecycle.ts";
import type { RequestRecord } from "./http/record.ts";

/** The pool, if it takes work. Throws a Problem: draining or starting. */
export function openPool({ refusing, pool }: Lifecycle): ComputePool {
  if (refusing) throw new Problem("draining", "the service is stopping: ask another one");
  // Once there, the pool takes work also while it replaces a worker: the queue waits for the next one.
  if (!pool) throw new Problem("starting", "the workers are not ready yet");
  return pool;
}

/** Takes a place for a body of so many bytes. Throws a Problem: queue_full. */
export function reserve(pool: ComputePool, bytes: number, config: Config): Reservation<Job, JobResult> {
  const reservation = pool.reserve(bytes);
  if (!reservation) throw queueFull(config);
  return reservation;
}

export function queueFull({ QUEUE_LENGTH_MAX, QUEUE_BYTES_MAX }: Config): Problem {
  const limits = `QUEUE_LENGTH_MAX = ${QUEUE_LENGTH_MAX}, QUEUE_BYTES_MAX = ${QUEUE_BYTES_MAX}`;
  return new Problem("queue_full", `too much work is waiting already (${limits})`);
}

/** The answer's bytes, in pieces; what it cost goes into the record. Throws the Problem that the worker found. */
export function settle(record: RequestRecord, { result, queueMs }: Answered<JobResult>): Buffer[] {
  record.timings = { queue: queueMs };
  if (!result.ok) throw Problem.from(result.problem);
  const { rows, columns, timings, reply } = result;
  record.rows = rows;
  record.columns = columns;
  record.timings = { queue: queueMs, ...timings };
  return reply.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
}
