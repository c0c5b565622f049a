import type { Report } from "../report.ts";
import { csv as field } from "../text.ts";

const columns = ["submission", "verdict", "score", "max_score", "status", "mistakes"] as const;

const cell = '(?:"(?:[^"\r\n]|"")*"|[0-9.e+-]+)';
const line = `${[...columns].fill(cell as never).join(",")}\r\n`;

/** What a line looks like. */
export const csvPattern = new RegExp(`^${line}$`);

export const csvHead = `${columns.join(",")}\r\n`;

/** One line of a gradebook (RFC 4180). */
export function csvLine({ submission, verdict, score, max_score, diagnosis, protection }: Report): string {
  const ids = diagnosis.candidates.flatMap(({ id, also }) => [id, ...(also ?? [])].join("+"));
  const status = protection?.unprotected ? `${diagnosis.status}, unprotected` : diagnosis.status;
  return `${[submission ?? "", verdict, score, max_score, status, ids.join(" ")].map(field).join(",")}\r\n`;
}
