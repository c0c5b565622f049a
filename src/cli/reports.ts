import path from "node:path";
import { printReports, type ReportName, reportFormats, reportNames } from "../grading/report/formats.ts";
import type { Report } from "../grading/report/report.ts";
import { makeFolder, replaceFile } from "./documents.ts";

/** Where reports go, by the name of their format. */
export type ReportPaths = Partial<Record<ReportName, string>>;

/** The formats that are asked for, and where each goes. */
export function wantedReports(paths: ReportPaths): [name: ReportName, file: string][] {
  return reportNames.flatMap((name) => (paths[name] === undefined ? [] : [[name, paths[name]]]));
}

const unfinished = "The grader did not finish.";

/** Before any grading: whatever ends it, the host finds a file that says so. Later, why there was none. */
export async function writeProvisional(paths: ReportPaths, sentence = unfinished): Promise<void> {
  for (const [name, file] of wantedReports(paths)) {
    await makeFolder(path.dirname(path.resolve(file)));
    await replaceFile(file, reportFormats[name].provisional(sentence));
  }
}

export async function writeReports(paths: ReportPaths, reports: readonly Report[]): Promise<void> {
  for (const [name, file] of wantedReports(paths)) await replaceFile(file, printReports(name, reports));
}
