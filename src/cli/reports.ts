import path from "node:path";
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { csvHead, csvLine, csvPattern } from "../grading/report/formats/csv.ts";
import { gradescope, gradescopeSchema } from "../grading/report/formats/gradescope.ts";
import { isJunit, junit } from "../grading/report/formats/junit.ts";
import { markdown, markdownPattern } from "../grading/report/formats/markdown.ts";
import { prairielearn, prairielearnSchema } from "../grading/report/formats/prairielearn.ts";
import type { Report } from "../grading/report/report.ts";
import { makeFolder, replaceFile } from "./documents.ts";

/** Where reports go, by their option's name. */
export type ReportPaths = Partial<Record<keyof typeof writers, string>>;

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** What cannot be valid is a fault of ours, and is not written. */
function checked(schema: TSchema, value: unknown, what: string): unknown {
  if (Value.Check(schema, value)) return value;
  const [first] = Value.Errors(schema, value);
  throw new Error(`the ${what} report is not valid: ${first?.instancePath} ${first?.message}`);
}

/** The same of a text. */
function checkedText(isValid: (text: string) => boolean, text: string, what: string): string {
  if (isValid(text)) return text;
  throw new Error(`the ${what} report is not valid: ${JSON.stringify(text.slice(0, 200))}`);
}

const unfinished = "The grader did not finish.";

/** How each kind of report is written, and what stands in its place until then: a sentence without markup. */
const writers = {
  gradescope: {
    text: ([report]: readonly Report[]) => json(checked(gradescopeSchema, gradescope(report!), "Gradescope")),
    provisional: (sentence: string) => json({ score: 0, output: sentence, output_format: "text" }),
  },
  prairielearn: {
    text: ([report]: readonly Report[]) => json(checked(prairielearnSchema, prairielearn(report!), "PrairieLearn")),
    provisional: (sentence: string) =>
      json({ gradable: false, score: 0, message: sentence, format_errors: [sentence], tests: [] }),
  },
  junit: {
    text: (reports: readonly Report[]) => checkedText(isJunit, junit(reports), "JUnit"),
    provisional: (sentence: string) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="lossd" tests="1" failures="0" errors="1" time="0">\n  <testsuite name="lossd" tests="1" failures="0" errors="1" skipped="0" time="0">\n    <testcase name="grader" classname="lossd" time="0">\n      <error type="unfinished" message="${sentence}"/>\n    </testcase>\n  </testsuite>\n</testsuites>\n`,
  },
  markdown: {
    text: (reports: readonly Report[]) =>
      reports
        .map((report) => checkedText((text) => markdownPattern.test(text), markdown(report), "Markdown"))
        .join("\n"),
    provisional: (sentence: string) => `${sentence}\n`,
  },
  csv: {
    text: (reports: readonly Report[]) =>
      csvHead + reports.map((report) => checkedText((text) => csvPattern.test(text), csvLine(report), "CSV")).join(""),
    provisional: () => csvHead,
  },
} as const;

export const reportNames = Object.keys(writers) as (keyof typeof writers)[];

/** Before any grading: whatever ends it, the host finds a file that says so. Later, why there was none. */
export async function writeProvisional(paths: ReportPaths, sentence = unfinished): Promise<void> {
  for (const name of reportNames) {
    const file = paths[name];
    if (file === undefined) continue;
    await makeFolder(path.dirname(path.resolve(file)));
    await replaceFile(file, writers[name].provisional(sentence));
  }
}

export async function writeReports(paths: ReportPaths, reports: readonly Report[]): Promise<void> {
  for (const name of reportNames) {
    const file = paths[name];
    if (file !== undefined) await replaceFile(file, writers[name].text(reports));
  }
}
