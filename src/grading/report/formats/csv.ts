import type { Report } from "../report.ts";
import { csvField } from "../text.ts";
import type { ReportFormat } from "./format.ts";

const columns = ["submission", "verdict", "score", "max_score", "status", "mistakes", "cluster"] as const;
const head = `${columns.join(",")}\r\n`;

const cell = '(?:"(?:[^"\r\n]|"")*"|[0-9.e+-]+)';
const linePattern = new RegExp(`^${columns.map(() => cell).join(",")}\r\n$`);

/** A gradebook, a line a submission (RFC 4180). */
export const csv: ReportFormat = {
  summary: "write a line for a gradebook",
  ofMany: true,
  print: (reports) => head + reports.map(lineOf).join(""),
  isValid(text) {
    const [first, ...lines] = text.split(/(?<=\r\n)/);
    return first === head && lines.every((line) => linePattern.test(line));
  },
  provisional: () => head,
};

function lineOf({ submission, verdict, score, max_score, diagnosis, protection, cluster }: Report): string {
  const ids = diagnosis.candidates.flatMap(({ id, also }) => [id, ...(also ?? [])].join("+"));
  const status = protection?.unprotected ? `${diagnosis.status}, unprotected` : diagnosis.status;
  return `${[submission ?? "", verdict, score, max_score, status, ids.join(" "), cluster ?? ""].map(csvField).join(",")}\r\n`;
}
