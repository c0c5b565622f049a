import type { Report } from "../report.ts";
import { testsOf, whereWrong } from "../tests.ts";
import { escapeMarkdown as escaped } from "../text.ts";
import type { ReportFormat } from "./format.ts";

const text = "(?:[^\\\\`*_{}[\\]()<>#+!|~&\\n-]|\\\\[^\\n])*";
const row = `\\| ${text} \\| (?:right|not right) \\| [0-9.e+-]+ of [0-9.e+-]+ \\| ${text} \\|\n`;
const table = `\n\\| part \\| verdict \\| points \\| \\|\n\\|---\\|---\\|---\\|---\\|\n(?:${row})+`;
const list = `\n(?:- \\*\\*[a-z0-9-]+\\*\\*: ${text}\n)+`;

/** What the page looks like: markup is our own, and a submission's strings are text. */
const pagePattern = new RegExp(`^## ${text}[0-9.e+-]+ of [0-9.e+-]+ points\n\n${text}\n(?:${list})?(?:${table})?$`);

/** A page for a job's summary, in the student's words. */
export const markdown: ReportFormat = {
  summary: "write a page for a job's summary",
  ofMany: true,
  print: (reports) => reports.map(pageOf).join("\n"),
  isValid: (text) => text === "" || text.split(/(?<=\n)\n(?=## )/).every((page) => pagePattern.test(page)),
  provisional: (sentence) => `${sentence}\n`,
};

function pageOf(report: Report): string {
  const { student, submission } = report;
  const title = submission === undefined ? "" : `${escaped(submission)}: `;
  const mistakes = (student.mistakes ?? []).map(({ id, sentence }) => `- **${id}**: ${escaped(sentence)}`);
  const rows = testsOf(report).map(({ name, points, maxPoints, passed, part }) => {
    const text = part && !passed ? whereWrong(part) : "";
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
