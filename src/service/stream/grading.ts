import { randomUUID } from "node:crypto";
import { GradeTotals } from "../../grading/report/totals.ts";
import type { LineWork } from "./line_work.ts";

/** Lines that are submissions to one task: to this one, or else to that which the first line holds, {task: {…}}. */
export function grading(task?: Uint8Array): LineWork & { readonly totals: GradeTotals } {
  const key = randomUUID();
  let known = task && { key, body: task };
  const job = { loss: "", format: "graded_lines" } as const;
  return {
    limit: "GRADING_ELEMENTS_MAX",
    ...(!task && {
      opening: {
        holds: 'it holds the task, {"task": {…}}',
        jobOf({ first, text }) {
          // A copy of its own, in shared memory: the lines that came with it are not kept for as long.
          known = { key, body: new Uint8Array(new SharedArrayBuffer(text.length)) };
          known.body.set(text);
          return { ...job, task: known, body: new Uint8Array(0), first, replies: false };
        },
      },
    }),
    jobOf: ({ first, text }, replies) => ({ ...job, task: known!, body: text, first, replies }),
    totals: new GradeTotals(),
  };
}
