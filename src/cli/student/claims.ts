import type { PreparedTask } from "../../grading/grade.ts";
import { parseJson } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import { ProgramFailure } from "./process.ts";

/** What a program gets on its stdin, by the visibility of the cases in it. */
export type Inputs = Partial<Record<"visible" | "hidden", string>>;
/** Runs the program once, in a fresh folder. */
export type Run = (input: string) => Promise<Buffer>;

/** All that is said of a failure on hidden cases: which one it is would be for the program to choose. */
const hiddenFailure =
  "the program fails on cases that are not shown: it ends with an error, takes too long or prints no claims for them";
const noClaims = "what the program printed is no JSON of claims for its cases";

/**
 * The claims of a program that runs twice: first on the visible cases alone, then on the hidden ones alone. What students
 * read of visible cases, a crash included, so comes from a process that had no hidden input yet.
 */
export async function claimsByRuns(run: Run, inputs: Inputs, { task }: PreparedTask): Promise<unknown[]> {
  const claims: unknown[] = [];
  for (const visibility of ["visible", "hidden"] as const) {
    const input = inputs[visibility];
    if (input === undefined) continue;
    const ids = task.cases.filter((one) => (one.visibility ?? "visible") === visibility).map(({ id }) => id);
    try {
      claims.push(...claimsOf(await run(input), ids));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const told = visibility === "hidden" ? hiddenFailure : (error.told ?? noClaims) + raisedIn(error);
      throw new Failure(error.exitCode, error.message, told);
    }
  }
  return claims;
}

function claimsOf(printed: Buffer, ids: readonly string[]): unknown[] {
  const said = parseJson(printed, "what the program printed", exitCodes.notGradable);
  const claims = typeof said === "object" && said !== null && "claims" in said ? said.claims : undefined;
  if (!Array.isArray(claims)) {
    throw new Failure(exitCodes.notGradable, "the program must print an object with claims: {claims: [{case, …}]}");
  }
  const strange = claims.findIndex((one: unknown) => !ids.includes((one as { case?: string } | null)?.case ?? ""));
  if (strange < 0) return claims;
  throw new Failure(exitCodes.notGradable, `the program's claim ${strange} is of no case that it was given`);
}

/** The exception's name and the line of compute.py that Python's traceback ends with. */
function raisedIn(error: Failure): string {
  if (!(error instanceof ProgramFailure)) return "";
  const lines = [...error.stderr.matchAll(/^ {2}File "[^"\n]*\/compute\.py", line (\d{1,6})/gm)];
  const name = /^([A-Za-z_][\w.]{0,60})(?::|$)/.exec(error.stderr.trimEnd().split("\n").at(-1) ?? "")?.[1];
  const line = lines.at(-1)?.[1];
  if (name === undefined || line === undefined) return "";
  return `, by ${name} in line ${line} of compute.py`;
}
