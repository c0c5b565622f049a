import type { Report } from "../report.ts";

/** A file that a grading can leave for a host, a gradebook or a reader. */
export interface ReportFormat {
  /** What the command line's option does. */
  readonly summary: string;
  /** Whether one file holds the reports of many submissions: only then can a batch have it. */
  readonly ofMany: boolean;
  /** The whole file: of exactly one report, unless it is `ofMany`. */
  print(reports: readonly Report[]): string;
  /** Whether a file has the form that its readers expect. What has not is a fault of ours, and is not written. */
  isValid(text: string): boolean;
  /** What stands in the file's place until there is a report: a sentence without markup. */
  provisional(sentence: string): string;
}
