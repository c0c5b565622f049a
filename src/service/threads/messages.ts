/** All that crosses the boundary between the main thread and another HTTP thread. */
import type { Answered } from "../../pool/pool.ts";
import type { ProblemData } from "../../problems.ts";
import type { Job, JobResult } from "../formats.ts";
import type { News } from "../log_lines.ts";

/**
 * To an HTTP thread: look whether bytes are there; SIGHUP came, which the system tells the main thread alone; take no new
 * work, and say when all is answered; drop the rest.
 */
export type ToThread = { readonly kind: "look" | "SIGHUP" | "close" | "drop" };

/** From an HTTP thread. */
export type FromThread =
  | { readonly kind: "listening" | "closed" | "dropped" }
  /** The main thread is to have another one look. */
  | { readonly kind: "look"; readonly thread: number }
  /** Lines of the log wait. */
  | { readonly kind: "lines"; readonly news: News };

/** To the pool, from an HTTP thread that is not its own. An id is the thread's. */
export type ToPool =
  | {
      readonly kind: "submit";
      readonly id: number;
      readonly job: Job;
      readonly bytes: number;
      /** Milliseconds since 1970: each thread's performance.now() may begin at another moment. */
      readonly deadlineAt: number;
      readonly hasPlace: boolean;
    }
  | { readonly kind: "cancel" | "demote"; readonly id: number }
  /** The thread waits until another task might be taken. */
  | { readonly kind: "space" };

/** How a task ended for its caller. */
export type Outcome =
  | { readonly answered: Answered<JobResult> }
  | { readonly problem: ProblemData }
  /** It was cancelled, or failed by a fault of ours. */
  | { readonly error: Error };

/** From the pool. */
export type FromPool =
  /** The pool takes tasks from now on. */
  | { readonly kind: "open" }
  /** Another task might be taken. */
  | { readonly kind: "space" }
  /**
   * Of a task: how it ended for its caller; and with that or later, when no worker has the job any more, whether its memory
   * may be used again.
   */
  | { readonly kind: "task"; readonly id: number; readonly outcome?: Outcome; readonly reusable?: boolean };
