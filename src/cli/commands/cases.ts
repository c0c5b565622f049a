import { Command } from "commander";
import { engine } from "../../engine/instance.ts";
import { cases as casesOf } from "../../grading/requests.ts";
import { readJson } from "../documents.ts";
import { exitCodes } from "../failure.ts";
import { print } from "../output.ts";
import { refusing } from "../refusal.ts";

export const cases = new Command("cases")
  .description("print a task's cases, those that are drawn from a seed included, and what they cannot show")
  .argument("<task>", "the task, a JSON file")
  .option("--visible", "the visible cases only: what a student may have")
  .action(async (taskPath: string, { visible }: { visible?: boolean }) => {
    const task = await readJson(taskPath, "the task");
    const result = refusing(exitCodes.usage, "the task is not allowed", () => casesOf(engine(), { task }));
    const shown = visible ? { cases: result.cases.filter((one) => one["visibility"] !== "hidden") } : result;
    await print(`${JSON.stringify(shown, undefined, 2)}\n`);
  });
