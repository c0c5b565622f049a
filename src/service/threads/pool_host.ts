import { isMarkedAsUntransferable, type MessagePort } from "node:worker_threads";
import type { Pool, Task } from "../../pool/pool.ts";
import { Problem } from "../../problems.ts";
import { type Job, type JobResult, transferable } from "../formats.ts";
import type { FromPool, Outcome, ToPool } from "./messages.ts";

type TaskTaker = Pick<Pool<Job, JobResult>, "submit" | "full" | "space">;
type Submitted = Extract<ToPool, { kind: "submit" }>;

/** Runs the tasks that another HTTP thread sends: the pool's side of a RemotePool. */
export function servePool(pool: TaskTaker, port: MessagePort): void {
  const tasks = new Map<number, Task<JobResult>>();
  const send = (message: FromPool, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  port.on("message", (message: ToPool) => {
    if (message.kind === "submit") submit(pool, message, tasks, send);
    else if (message.kind === "space") {
      // It may have come while the message was under way.
      if (pool.full) void pool.space().then(() => send({ kind: "space" }));
      else send({ kind: "space" });
    } else tasks.get(message.id)?.[message.kind]();
  });
  send({ kind: "open" });
}

function submit(
  pool: TaskTaker,
  { id, job, bytes, deadlineAt, hasPlace }: Submitted,
  tasks: Map<number, Task<JobResult>>,
  send: (message: FromPool, transfer?: ArrayBuffer[]) => void,
): void {
  let ended: { reusable?: boolean } = {};
  let isSettled = false;
  const settle = (outcome: Outcome, transfer?: ArrayBuffer[]) => {
    isSettled = true;
    send({ kind: "task", id, outcome, ...ended }, transfer);
  };
  const onEnd = (reusable: boolean) => {
    tasks.delete(id);
    ended = { reusable };
    // Usually both go in one message.
    if (isSettled) send({ kind: "task", id, reusable });
  };
  const deadlineMs = deadlineAt - performance.timeOrigin;
  const task = pool.submit(job, { bytes, deadlineMs, hasPlace, onEnd });
  if (!task) {
    onEnd(true);
    settle({ problem: queueFull.data });
    return;
  }
  if (ended.reusable === undefined) tasks.set(id, task);
  task.answer.then(
    (answered) => settle({ answered }, movable(answered.result)),
    (error) => settle(failure(error)),
  );
}

/** The last place went to another thread after this one had seen it. */
const queueFull = new Problem("queue_full", "too much work is waiting already");

/** Memory of the reply that can move on; what Node's pool of small buffers holds cannot. */
function movable(result: JobResult): ArrayBuffer[] {
  return result.ok ? transferable(result).filter((buffer) => !isMarkedAsUntransferable(buffer)) : [];
}

function failure(error: Error): Outcome {
  return error instanceof Problem ? { problem: error.data } : { error };
}
