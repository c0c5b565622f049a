import { Command, InvalidArgumentError } from "commander";
import { engine } from "../../engine/instance.ts";
import { reportFormats, reportNames } from "../../grading/report/formats.ts";
import type { Report } from "../../grading/report/report.ts";
import { gradeSubmission, openTask } from "../../grading/report/report.ts";
import { readJson } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import { gradeBatch } from "../grade_batch.ts";
import type { GradeOptions } from "../grade_options.ts";
import { print } from "../output.ts";
import { refusing } from "../refusal.ts";
import { writeProvisional, writeReports } from "../reports.ts";

/** Where the report goes, and what exit code it gives. */
export function withGradeOptions(command: Command): Command {
  for (const name of reportNames) command.option(`--${name} <file>`, reportFormats[name].summary);
  return command
    .option("--fail-under <points>", "exit with 1 for a score below this", points)
    .option("--always-zero", "exit with 0 for whatever could be graded: for hosts that read only the file")
    .option("--quiet", "print no report to stdout");
}

const command = new Command("grade")
  .description("grade a submission's claims against a task: the report goes to stdout, and to the files that are named")
  .argument("<task>", "the task, a JSON file")
  .argument("[submission]", 'the claims, a JSON file, or "-" for stdin')
  .option("--batch <file>", 'submissions, one a line, or "-" for stdin: a report a line, and a summary on stderr');

export const grade = withGradeOptions(command).action(
  async (taskPath: string, submissionPath: string | undefined, options: GradeOptions & { batch?: string }) => {
    if ((submissionPath === undefined) === (options.batch === undefined)) {
      throw new Failure(exitCodes.usage, "name either a submission or a --batch of them");
    }
    if (submissionPath === undefined) return gradeBatch(taskPath, options.batch!, options);
    await writeProvisional(options);
    const report = await gradeFiles(taskPath, submissionPath);
    await writeReports(options, [report]);
    if (!options.quiet) await print(`${JSON.stringify(report, undefined, 2)}\n`);
    endBy(report, options);
  },
);

async function gradeFiles(taskPath: string, submissionPath: string): Promise<Report> {
  const task = await readJson(taskPath, "the task");
  const prepared = refusing(exitCodes.usage, "the task is not allowed", () => openTask(engine(), task));
  const submission = await readJson(submissionPath, "the submission", exitCodes.notGradable);
  return refusing(exitCodes.notGradable, "the submission cannot be graded", () =>
    gradeSubmission(prepared, submission),
  );
}

/** The exit code says what the report says: one verdict drives both. */
export function endBy(
  { verdict, score, max_score, student, diagnosis }: Report,
  { failUnder, alwaysZero }: GradeOptions,
): void {
  if (alwaysZero) return;
  if (verdict === "format_error") {
    // Students read the first line alone, the teacher also what the submission says there.
    const faults = (diagnosis.format_errors ?? []).map(({ pointer, detail }) => `  ${pointer} ${detail}`);
    throw new Failure(exitCodes.notGradable, [student.message, ...faults].join("\n"));
  }
  if (failUnder !== undefined && score < failUnder) {
    throw new Failure(exitCodes.belowGate, `the score is ${score} of ${max_score}, below ${failUnder}`);
  }
}

function points(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}
