import type { engine } from "../../engine/instance.ts";
import type { GradedLinesJob } from "../../grading/lines.ts";
import type { GradedAnswer } from "../../grading/report/totals.ts";
import type { LinesAnswer, LinesJob } from "../../wire/ndjson/lines.ts";
import { Totals } from "../../wire/ndjson/totals.ts";
import type { Bundle } from "./line_reader.ts";

export type LineJob = Omit<LinesJob, "elementsMax"> | Omit<GradedLinesJob, "elementsMax">;
/** The answer to such a job: those of one stream are all of one kind. */
export type LineAnswer = LinesAnswer | GradedAnswer;

/** What the lines of one stream are for. */
export interface LineWork {
  /** The configuration's bound on the numbers of a line. */
  readonly limit: "ELEMENTS_MAX" | "GRADING_ELEMENTS_MAX";
  /** Where the first line is not answered but said to all others: the job that takes it in, or refuses the stream. */
  readonly opening?: { readonly holds: string; jobOf(first: Bundle): LineJob };
  /** What answers these lines; `replies` says whether their replies are wanted. */
  jobOf(lines: Bundle, replies: boolean): LineJob;
  readonly totals: LineTotals;
}

/** What a stream's answers come to, in their order. */
export interface LineTotals {
  readonly lines: number;
  readonly failed: number;
  add(answer: LineAnswer): void;
  /** A line that no worker could answer. */
  addFailure(): void;
  /** The last line of a stream that was answered to its end. */
  summary(loaded: ReturnType<typeof engine>): string;
}

/** Lines that are requests for one loss. `options` are for each line that does not have them itself: name → JSON text. */
export function computing(loss: string, options: Readonly<Record<string, string>>): LineWork {
  return {
    limit: "ELEMENTS_MAX",
    jobOf: ({ first, text }, replies) => ({ format: "lines", loss, body: text, first, options, replies }),
    totals: new Totals(),
  };
}
