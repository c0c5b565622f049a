import { csv } from "./formats/csv.ts";
import type { ReportFormat } from "./formats/format.ts";
import { gradescope } from "./formats/gradescope.ts";
import { junit } from "./formats/junit.ts";
import { markdown } from "./formats/markdown.ts";
import { prairielearn } from "./formats/prairielearn.ts";
import type { Report } from "./report.ts";

/** Every report format, under the name of its option. */
export const reportFormats = {
  gradescope,
  prairielearn,
  junit,
  markdown,
  csv,
} satisfies Record<string, ReportFormat>;

export type ReportName = keyof typeof reportFormats;

export const reportNames = Object.keys(reportFormats) as ReportName[];

/** The file of a format. Throws where it does not have the form that its readers expect. */
export function printReports(name: ReportName, reports: readonly Report[]): string {
  const format: ReportFormat = reportFormats[name];
  const text = format.print(reports);
  if (format.isValid(text)) return text;
  throw new Error(`the ${name} report is not valid: ${JSON.stringify(text.slice(0, 200))}`);
}
