import type { Report } from "../report.ts";
import { placeOf, testsOf } from "./tests.ts";
import { markdown as escaped } from "./text.ts";

/** A page for a job's summary, in the student's words. */
export function markdown(report: Report): string {
  const { student, submission } = report;
  const title = submission === undefined ? "" : `${escaped(submission)}: `;
  const mistakes = (student.mistakes ?? []).map(({ id, sentence }) => `- **${id}**: ${escaped(sentence)}`);
  const rows = testsOf(report).map(({ name, points, maxPoints, passed, part }) => {
    const text = part && !passed ? placeOf(part) : "";
    return `| ${escaped(name)} | ${passed ? "right" : "not right"} | ${points} of ${maxPoints} | ${escaped(text)} |`;
  });
  return [
    `## ${title}${report.score} of ${report.max_score} points`,
    "",
    escaped(student.message),
    ...(mistakes.length > 0 ? ["", ...mistakes] : []),
    ...(rows.length > 0 ? ["", "| part | verdict | points | |", "|---|---|---|---|", ...rows] : []),
    "",
  ].join("\n");
}
