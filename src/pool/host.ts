import { readlinkSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { claimTask, type Done, type Ready, type Task } from "./protocol.ts";

/** What a worker makes of one job. */
export interface Handled<Result> {
  readonly result: Result;
  /** The buffers of `result` that move to the pool instead of being copied; the worker cannot read them afterwards. */
  readonly transfer: ArrayBuffer[];
  /** What the worker holds on to after this task: the pool replaces a worker that holds too much. */
  readonly memoryBytes: number;
}

/**
 * Runs in a worker thread: says that it is ready, then answers tasks one at a time. `handle` is synchronous, so that
 * nothing of one task can fail during the next. Throws an Error on the main thread.
 *
 * An exception of `handle` is not caught, and ends the worker on purpose: after a fault that nobody foresaw, its memory
 * cannot be trusted with the next task. What a caller did wrong is a result, not an exception. A job that cannot be
 * deserialised ends the worker, too: nobody else would ever answer it.
 */
export function serveTasks<Job, Result>(handle: (job: Job) => Handled<Result>): void {
  const port = parentPort;
  if (port === null) throw new Error("serveTasks runs in a worker thread only");
  port.on("message", ({ id, job, claim }: Task<Job>) => {
    if (claim && !claimTask(claim, id)) return;
    const { result, transfer, memoryBytes } = handle(job);
    const done: Done<Result> = { kind: "done", id, result, memoryBytes };
    port.postMessage(done, transfer);
  });
  port.on("messageerror", (error) => {
    throw error;
  });
  const threadId = systemThreadId();
  const ready: Ready = { kind: "ready", ...(threadId !== undefined && { threadId }) };
  port.postMessage(ready);
}

/** Linux gives each thread a number; undefined elsewhere. */
export function systemThreadId(): number | undefined {
  try {
    return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return undefined;
  }
}
