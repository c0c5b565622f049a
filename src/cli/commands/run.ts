import path from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { engine } from "../../engine/instance.ts";
import type { PreparedTask } from "../../grading/grade.ts";
import { gradeSubmission, openTask } from "../../grading/report/report.ts";
import { cases as casesOf } from "../../grading/requests.ts";
import { optionsOf, readTask } from "../../grading/task/task.ts";
import { parseJson, readJson } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import type { GradeOptions } from "../grade_options.ts";
import { print } from "../output.ts";
import { refusing } from "../refusal.ts";
import { writeProvisional, writeReports } from "../reports.ts";
import { findUser, type Limits, reachableBy, runStudent, type User } from "../student_process.ts";
import { endBy, withGradeOptions } from "./grade.ts";

interface Options extends GradeOptions {
  readonly task: string;
  readonly id?: string;
  readonly user?: string;
  readonly reachable?: boolean;
  readonly timeout: number;
  readonly memory: number;
  readonly output: number;
}

const command = new Command("run")
  .description(
    "run a student's program on a task's cases and grade what it prints: the cases come as JSON on its stdin, {claims: [{case, loss, losses, gradients}]} goes to its stdout",
  )
  .argument("<command...>", "the program, after --")
  .requiredOption("--task <file>", "the task, a JSON file")
  .option("--id <id>", "the submission's id in the report")
  .option("--user <name>", "run the program as this user, which only root can: nobody, where lossd runs as root")
  .option("--reachable", "run it although that user can read the task or lossd itself")
  .option("--timeout <seconds>", "the longest time that the program may take", positive, 60)
  .option("--memory <megabytes>", "the most address space that it may have", positive, 2048)
  .option("--output <megabytes>", "the most that it may print", positive, 64);

export const run = withGradeOptions(command).action(async (program: string[], options: Options) => {
  await writeProvisional(options);
  const task = await readJson(options.task, "the task");
  const prepared = refusing(exitCodes.usage, "the task is not allowed", () => openTask(engine(), task));
  const user = userOf(options);
  if (user && !options.reachable) refuseReachable(user, options);
  const limits: Limits = {
    timeoutMs: 1000 * options.timeout,
    memoryBytes: options.memory * 2 ** 20,
    outputBytes: options.output * 2 ** 20,
  };
  const report = await telling(options, async () => {
    const printed = await runStudent(program, inputOf(task, prepared), limits, user);
    return reading(() => {
      const said = parseJson(printed, "what the program printed", exitCodes.notGradable);
      const submission = { ...(options.id !== undefined && { id: options.id }), claims: claimsOf(said) };
      return refusing(exitCodes.notGradable, "the program's claims cannot be graded", () =>
        gradeSubmission(prepared, submission),
      );
    });
  });
  await writeReports(options, [report]);
  if (!options.quiet) await print(`${JSON.stringify(report, undefined, 2)}\n`);
  endBy(report, options);
});

/** Where the program is at fault, the reports say so: the grader did finish. */
async function telling<T>(options: Options, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Failure && error.told !== undefined) {
      await writeProvisional(options, `Nothing was graded: ${error.told}.`);
    }
    throw error;
  }
}

/** What is no claims is the program's fault. */
function reading<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.exitCode, error.message, "what the program printed is no JSON of claims");
  }
}

/** What a program needs to compute its claims: no right answer, no seed, nothing of the grading. */
function inputOf(task: unknown, prepared: PreparedTask): string {
  const { cases } = casesOf(engine(), { task });
  const plain = cases.map(({ visibility: _visibility, ...one }) => one);
  const outputs = prepared.task.parts?.map(({ output }) => output);
  return `${JSON.stringify({ loss: prepared.task.loss, options: optionsOf(readTask(task)), outputs, cases: plain })}\n`;
}

function claimsOf(said: unknown): unknown {
  if (typeof said === "object" && said !== null && "claims" in said) return said.claims;
  throw new Failure(exitCodes.notGradable, "the program must print an object with claims: {claims: [{case, …}]}");
}

function userOf({ user }: Options): User | undefined {
  const root = process.getuid?.() === 0;
  if (!root && user !== undefined) throw new Failure(exitCodes.usage, "only root can run a program as another user");
  if (root) return findUser(user ?? "nobody");
  process.stderr.write("lossd run: not root, so the program runs as this user, and can reach what this user can\n");
  return undefined;
}

/** A program that could read the task knows the hidden seeds, and one that could run lossd has every answer. */
function refuseReachable(user: User, { task, gradescope, prairielearn, junit, markdown, csv }: Options): void {
  const own = fileURLToPath(new URL("../../main.js", import.meta.url));
  const reports = [gradescope, prairielearn, junit, markdown, csv].filter((file) => file !== undefined);
  const found = reachableBy(
    user,
    [task, own, ...reports.map((file) => path.resolve(file))].map((file) => path.resolve(file)),
  );
  if (found.length === 0) return;
  const detail = "chmod 700 their folders, or say --reachable";
  throw new Failure(exitCodes.usage, `the program's user can reach ${found.join(", ")}: ${detail}`);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e6)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}
