import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { engine } from "../../engine/instance.ts";
import { commandFile } from "../../files.ts";
import type { PreparedTask } from "../../grading/grade.ts";
import { gradeSubmission, openTask, withProtection } from "../../grading/report/report.ts";
import { cases as casesOf } from "../../grading/requests.ts";
import { optionsOf, readTask } from "../../grading/task/task.ts";
import { readJson, replaceFile } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import type { GradeOptions } from "../grade_options.ts";
import { print } from "../output.ts";
import { refusing } from "../refusal.ts";
import { wantedReports, writeProvisional, writeReports } from "../reports.ts";
import { claimsByRuns, type Inputs } from "../student/claims.ts";
import { runFolder } from "../student/folder.ts";
import { describeMeans, findMeans, type Limits, type Means, protects, realPaths } from "../student/means.ts";
import { runStudent } from "../student/process.ts";
import { limitProcessorTime } from "../student/processor_time.ts";
import { environmentFault, type Kept, lossdOnPath, reachableBy } from "../student/reach.ts";
import { leftBehind, makeRunFolder, removeRunFolder, takeFiles } from "../student/submission.ts";
import { claimUser, type User } from "../student/user.ts";
import { endBy, withGradeOptions } from "./grade.ts";

interface Options extends GradeOptions {
  readonly task: string;
  readonly submission?: string;
  readonly submissions?: string;
  readonly claims?: string;
  readonly program?: string;
  readonly id?: string;
  readonly user?: string;
  readonly reachable?: boolean;
  readonly timeout: number;
  readonly memory: number;
  readonly output?: number;
  readonly gradingTimeout: number;
}

const command = new Command("run")
  .description(
    "run a student's program on a task's cases and grade what it prints, once on the visible and once on the hidden ones: the cases come as JSON on its stdin, {claims: [{case, loss, losses, gradients}]} goes to its stdout",
  )
  .argument("<command...>", "the program, after --")
  .requiredOption("--task <file>", "the task, a JSON file")
  .option(
    "--submission <folder>",
    "run it in a fresh folder with compute.py of this one, or what the task's files name",
  )
  .option(
    "--submissions <folder>",
    "the same for each folder in this one, a submission by its name: reports of all together, and a summary on stderr",
  )
  .option("--claims <file>", "write the claims that the program printed, as `lossd grade` takes them")
  .option("--program <file>", "a file of the teacher's that goes there too, such as program.py")
  .option("--id <id>", "the submission's id in the report")
  .option(
    "--user <name>",
    "run the program as this user, which only root can: one that nobody has, where lossd is root",
  )
  .option("--reachable", "run it although nothing keeps it from the answers: every report then says unprotected")
  .option(
    "--timeout <seconds>",
    "the longest time that the program may take, on the visible and on the hidden cases",
    positive,
    60,
  )
  .option("--memory <megabytes>", "the most memory that its processes may have, and address space each", positive, 2048)
  .option("--output <megabytes>", "the most that it may print (default: 1, or what the task needs)", positive)
  .option(
    "--grading-timeout <seconds>",
    "the longest processor time that reading and grading what it printed may take",
    positive,
    30,
  );

export const run = withGradeOptions(command).action(async (program: string[], options: Options) => {
  if (options.submissions !== undefined) return runFolder(program, { ...options, submissions: options.submissions });
  await writeUngraded(options, "The grader did not finish.");
  const task = await readJson(options.task, "the task");
  const prepared = refusing(exitCodes.usage, "the task is not allowed", () => openTask(engine(), task));
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && options.user) throw new Failure(exitCodes.usage, "only root can run a program as another user");
  const means = findMeans(isRoot);
  const user = isRoot ? await claimUser(options.user) : undefined;
  try {
    const unprotected = isUnprotected(means, user, options);
    const fault = environmentFault(user);
    if (fault !== undefined) process.stderr.write(`lossd run: ${fault}\n`);
    const report = await telling(options, async () => {
      const claims = await claimsByRuns(
        (input) => timingGrading(options, () => runOnce(program, input, prepared, means, user, options)),
        inputsOf(task, prepared),
        prepared,
      );
      if (options.claims !== undefined) await replaceFile(options.claims, `${JSON.stringify({ claims })}\n`);
      return refusing(exitCodes.notGradable, "the program's claims cannot be graded", () =>
        gradeSubmission(prepared, { ...(options.id !== undefined && { id: options.id }), claims }),
      );
    });
    const told = withProtection(report, { unprotected, means: describeMeans(means, user) });
    await writeReports(options, [told]);
    if (!options.quiet) await print(`${JSON.stringify(told, undefined, 2)}\n`);
    endBy(told, options);
  } finally {
    user?.release();
  }
});

/** What the reports say until there is a score, or where there is none. */
function writeUngraded(options: Options, sentence: string): Promise<void> {
  return writeProvisional(options, options.reachable ? `${sentence} This run was unprotected.` : sentence);
}

/** Where the program is at fault, the reports say so: the grader did finish. */
async function telling<T>(options: Options, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Failure) {
      const told = error.told ?? "the submission cannot be graded";
      await writeUngraded(options, `Nothing was graded: ${told}.`);
    }
    throw error;
  }
}

/** Throws a Failure where the program could reach the answers, unless that is allowed. */
function isUnprotected(means: Means, user: User | undefined, options: Options): boolean {
  if (options.reachable) return true;
  if (!protects(means, user)) {
    const detail = "run it as root, or say --reachable, which promises nothing";
    throw new Failure(exitCodes.usage, `neither root nor user namespaces keep the program from the answers: ${detail}`);
  }
  const found = user ? reachableBy(user, keptOf(options)) : [];
  if (found.length === 0) return false;
  const detail = "chmod 700 their folders, or say --reachable, which promises nothing";
  throw new Failure(exitCodes.usage, `the program's user can reach ${found.join(", ")}: ${detail}`);
}

function keptOf(options: Options): Kept {
  return {
    task: path.resolve(options.task),
    // Of the package the whole of its code: one module of it is enough to compute with.
    lossd: commandFile.endsWith("main.js") ? path.dirname(commandFile) : commandFile,
    reports: [...wantedReports(options).map(([, file]) => file), ...(options.claims ? [options.claims] : [])].map(
      (file) => path.resolve(file),
    ),
  };
}

/** What is covered from a program that is run as this user. */
function hiddenFrom(options: Options): string[] {
  const { task, lossd, reports } = keptOf(options);
  const paths = [task, lossd, lossdOnPath(), ...reports].filter((file) => file !== undefined);
  return realPaths(paths.filter((file) => existsSync(file)));
}

async function runOnce(
  program: readonly string[],
  input: string,
  prepared: PreparedTask,
  means: Means,
  user: User | undefined,
  options: Options,
): Promise<Buffer> {
  const limits: Limits = {
    timeoutMs: 1000 * options.timeout,
    memoryBytes: options.memory * 2 ** 20,
    outputBytes: options.output === undefined ? outputBytesOf(prepared) : options.output * 2 ** 20,
  };
  const hidden = user ? [] : means.namespaces && !options.reachable ? hiddenFrom(options) : [];
  const setting = { limits, means, user, hidden };
  if (options.submission === undefined)
    return runStudent(program, input, { folder: process.cwd(), isFresh: false, ...setting });
  const names = prepared.task.files ?? ["compute.py"];
  const files = takeFiles(options.submission, names);
  const others = leftBehind(options.submission, names);
  if (others.length > 0) process.stderr.write(`lossd run: not taken along: ${JSON.stringify(others.slice(0, 20))}\n`);
  if (options.program !== undefined) {
    files.push({ name: path.basename(options.program), bytes: readFileSync(options.program) });
  }
  const folder = makeRunFolder(files, user);
  try {
    return await runStudent(program, input, { folder, isFresh: true, ...setting });
  } finally {
    removeRunFolder(folder);
  }
}

/** A hundred bytes a number: 17 digits need a quarter of it. Reading more would be the grader's time. */
function outputBytesOf({ cases }: PreparedTask): number {
  const numbers = cases.reduce(
    (sum, { sample: { right } }) =>
      Object.values(right).reduce((count, one) => count + (typeof one === "number" ? 1 : one.length), sum),
    0,
  );
  return Math.max(2 ** 20, 100 * numbers);
}

/** Limits the time for what follows the program. Past it the system ends lossd: what the reports then say is written before. */
async function timingGrading(options: Options, step: () => Promise<Buffer>): Promise<Buffer> {
  limitProcessorTime(undefined);
  const printed = await step();
  await writeUngraded(options, "Nothing was graded: the grading took too long.");
  limitProcessorTime(options.gradingTimeout);
  return printed;
}

/** What a program needs to compute its claims: no right answer, no seed, nothing of the grading. */
function inputsOf(task: unknown, prepared: PreparedTask): Inputs {
  const { cases } = casesOf(engine(), { task });
  const outputs = prepared.task.parts?.map(({ output }) => output);
  const options = optionsOf(readTask(task));
  const input = (visibility: string) => {
    const own = cases.filter((one) => (one["visibility"] ?? "visible") === visibility);
    const plain = own.map(({ visibility: _visibility, ...one }) => one);
    return own.length === 0
      ? undefined
      : `${JSON.stringify({ loss: prepared.task.loss, options, outputs, cases: plain })}\n`;
  };
  const [visible, hidden] = [input("visible"), input("hidden")];
  return { ...(visible !== undefined && { visible }), ...(hidden !== undefined && { hidden }) };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e6)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}
