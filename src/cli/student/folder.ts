import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isSea } from "node:sea";
import { commandFile } from "../../files.ts";
import { exitCodes, Failure } from "../failure.ts";
import { gradeBatch, refuseSingle } from "../grade_batch.ts";
import type { GradeOptions } from "../grade_options.ts";
import { showProgress } from "../progress.ts";

interface Options extends GradeOptions {
  readonly task: string;
  /** A folder of folders, each a submission by its name. */
  readonly submissions: string;
  readonly program?: string;
  readonly user?: string;
  readonly reachable?: boolean;
  readonly timeout: number;
  readonly memory: number;
  readonly output?: number;
  readonly gradingTimeout: number;
}

/** What one submission's run came to: its claims as JSON, or why there are none. */
type Ran = { readonly claims: string } | { readonly fault: string };

/**
 * Runs the program for each submission, each by a lossd of its own, which no other submission can end, and grades the claims
 * of all together. Throws a Failure for a folder without submissions.
 */
export async function runFolder(program: readonly string[], options: Options): Promise<void> {
  refuseSingle(options);
  const names = submissionsIn(options.submissions);
  const folder = mkdtempSync(path.join(tmpdir(), "lossd-claims-"));
  const state = { bytes: 0, lines: 0, failed: 0 };
  const isShown = process.stderr.isTTY;
  const end = isShown ? showProgress(process.stderr, () => state, names.length, "programs") : () => undefined;
  try {
    const faults: string[] = [];
    const lines: string[] = [];
    for (const name of names) {
      const ran = await runOne(program, name, path.join(folder, "claims.json"), options);
      if ("fault" in ran) faults.push(`${name}: ${ran.fault}`);
      lines.push(JSON.stringify({ id: name, claims: "fault" in ran ? [] : (JSON.parse(ran.claims) as Claims).claims }));
      Object.assign(state, { bytes: lines.length, lines: lines.length, failed: faults.length });
    }
    end();
    const file = path.join(folder, "submissions.ndjson");
    writeFileSync(file, lines.join("\n"));
    await gradeBatch(options.task, file, options, { names, unprotected: options.reachable ?? false });
    for (const fault of faults) process.stderr.write(`no claims of ${fault}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Claims {
  readonly claims: readonly unknown[];
}

function submissionsIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
    if (names.length > 0) return names.sort();
  } catch (error) {
    throw new Failure(exitCodes.notGradable, `the submissions cannot be read: ${(error as Error).message}`);
  }
  throw new Failure(exitCodes.notGradable, `${folder} holds no folder: a submission is a folder by its name`);
}

function runOne(program: readonly string[], name: string, file: string, options: Options): Promise<Ran> {
  rmSync(file, { force: true });
  const { task, submissions, program: own, user, reachable, timeout, memory, output, gradingTimeout } = options;
  const args = [
    ...["run", "--task", task, "--submission", path.join(submissions, name), "--claims", file, "--quiet"],
    ...(own === undefined ? [] : ["--program", own]),
    ...(user === undefined ? [] : ["--user", user]),
    ...(output === undefined ? [] : ["--output", `${output}`]),
    ...(reachable ? ["--reachable"] : []),
    ...["--timeout", `${timeout}`, "--memory", `${memory}`, "--grading-timeout", `${gradingTimeout}`],
    ...["--", ...program],
  ];
  const command = isSea() ? args : [commandFile, ...args];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { encoding: "utf8" }, (error, _stdout, stderr) => {
      const [said = ""] = stderr.trimEnd().split("\n");
      // What is wrong with the command is wrong for all submissions.
      if (error?.code === exitCodes.usage) return reject(new Failure(exitCodes.usage, said));
      try {
        resolve({ claims: readFileSync(file, "utf8") });
      } catch {
        resolve({ fault: said.replace(/:$/, "") || "the grader was ended" });
      }
    });
  });
}
