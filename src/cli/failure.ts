import { plain } from "../grading/report/text.ts";

/** What a command's exit code means. */
export const exitCodes = { ok: 0, belowGate: 1, usage: 2, notGradable: 3, internal: 4, limit: 5 } as const;

const lineMax = 5000;

const legible = (line: string) => `${/^ */.exec(line)![0]}${plain(line, lineMax)}`;

/** Ends a command: the message goes to stderr, without what a submission might tell a terminal. */
export class Failure extends Error {
  override readonly name = "Failure";

  /** `told` is the sentence for a student where the program failed: none of its own words, which could hold hidden cases. */
  constructor(
    readonly exitCode: number,
    message: string,
    readonly told?: string,
  ) {
    super(message.split("\n").map(legible).join("\n"));
  }
}
