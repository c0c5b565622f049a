// What a grader makes of the programs: whom it wrongs, what it lets pass, what it says untruly, and what it names.
import { readFileSync } from "node:fs";
import type { PreparedTask } from "#lossd/grading/grade.js";
import { gradeSubmission, openTask, type Report } from "#lossd/grading/report/report.js";
import { engine } from "../tasks.ts";

const folder = import.meta.dirname;
const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");

/** A line of programs.jsonl: `slips` are what was done wrong, `wrong` the outputs whose numbers show it. */
export interface Program {
  readonly id: string;
  readonly half: "open" | "held";
  readonly task: string;
  readonly slips: readonly string[];
  readonly wrong: readonly string[];
  readonly claims: readonly object[];
}

/** Alternatives by slip, each the ids of mistakes that are true of it; none where no entry is yet. */
const names = JSON.parse(read("names.json")) as Record<string, readonly string[]>;
const lines = <Line>(file: string): readonly Line[] =>
  read(file)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const tasks = new Map(lines<{ name: string; task: object }>("tasks.jsonl").map(({ name, task }) => [name, task]));
export const programs = lines<Program>("programs.jsonl");

/** No formula gives such numbers: they may fail, and no mistake may be named for them. */
const unnamed = "nothing that has a name";
export const hasName = ({ slips, wrong }: Program) => wrong.length > 0 && !slips.includes(unnamed);

/** Two slips together may be one mistake, which has a line of its own. */
const slipsOf = ({ slips }: Program) => (names[slips.join(" + ")] ? [slips.join(" + ")] : slips);

const alternativesOf = ({ task }: Program, slip: string): readonly (readonly string[])[] =>
  (names[`${task} / ${slip}`] ?? names[slip] ?? []).map((alternative) => alternative.split(" + "));

export interface Verdict {
  readonly program: Program;
  readonly report: Report;
  /** Outputs that are right and failed, and outputs that are wrong and passed. */
  readonly injustices: readonly string[];
  readonly leaks: readonly string[];
  /** What is said and is not true. */
  readonly accusations: readonly string[];
  /** Every slip is named. */
  readonly named: boolean;
}

const prepared = new Map<string, PreparedTask>();

export function judge(program: Program): Verdict {
  if (!prepared.has(program.task)) prepared.set(program.task, openTask(engine, tasks.get(program.task)));
  const report = gradeSubmission(prepared.get(program.task)!, { claims: program.claims });
  const outputs = [...new Set(report.parts.map(({ output }) => output as string))];
  const passes = (output: string) => report.parts.every((part) => part.output !== output || part.verdict === "pass");
  const { injustices, leaks } = {
    injustices: outputs.filter((output) => !program.wrong.includes(output) && !passes(output)),
    leaks: outputs.filter((output) => program.wrong.includes(output) && passes(output)),
  };
  return { program, report, injustices, leaks, ...sayings(program, report) };
}

type Sayings = Pick<Verdict, "accusations" | "named">;

function sayings(program: Program, { diagnosis }: Report): Sayings {
  const { status, candidates, format_errors } = diagnosis;
  const trueIds = new Set(slipsOf(program).flatMap((slip) => alternativesOf(program, slip).flat()));
  const untrue = candidates.flatMap(({ id, also = [], outputs }) => {
    const ids = [id, ...also].filter((one) => !trueIds.has(one));
    const right = outputs.filter((output) => !program.wrong.includes(output)).map((output) => `of ${output}`);
    return ids.length > 0 ? [ids.join(" + ")] : right;
  });
  const isFalse = status === "ambiguous" ? untrue.length === candidates.length : untrue.length > 0;
  const said = [...candidates.flatMap(({ id, also = [] }) => [id, ...also]), ...(format_errors ? ["shape"] : [])];
  const isNamed = slipsOf(program).every((slip) =>
    alternativesOf(program, slip).some((ids) => ids.every((id) => said.includes(id))),
  );
  const isSure = status === "confirmed" || status === "likely" || (status === "none" && format_errors !== undefined);
  return {
    accusations: status !== "weak" && isFalse ? untrue : [],
    named: hasName(program) && isSure && isNamed && !isFalse,
  };
}

/** One line of figures. */
export function figuresOf(verdicts: readonly Verdict[]): string {
  const count = (holds: (one: Verdict) => boolean) => verdicts.filter(holds).length;
  const named = count(({ named }) => named);
  const nameable = count(({ program }) => hasName(program));
  return [
    `${verdicts.length} programs`,
    `injustices ${count(({ injustices }) => injustices.length > 0)}`,
    `leaks ${count(({ leaks }) => leaks.length > 0)}`,
    `accusations ${count(({ accusations }) => accusations.length > 0)}`,
    `named ${named} of ${nameable} (${((100 * named) / nameable).toFixed(1)} %)`,
  ].join(", ");
}
