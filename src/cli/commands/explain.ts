import { Command } from "commander";
import { findMistake, mistakes } from "../../grading/mistakes/catalogue.ts";
import { exitCodes, Failure } from "../failure.ts";
import { print, table } from "../output.ts";

export const explain = new Command("explain")
  .description("say what a mistake is; without an id, list all")
  .argument("[id]", "a mistake's id")
  .action(async (id: string | undefined) => {
    if (id === undefined) {
      const rows = mistakes.map((mistake) => [mistake.id, mistake.formula, mistake.losses.join(", ")]);
      return print(table([["mistake", "wrong formula", "losses"], ...rows]));
    }
    const mistake = findMistake(id);
    if (!mistake)
      throw new Failure(exitCodes.usage, `there is no mistake called ${JSON.stringify(id)}: lossd explain lists them`);
    const rows = [
      ["wrong formula", mistake.formula],
      ...(mistake.kind === "factor" ? [["factor", mistake.factor]] : []),
      ["to the student", mistake.student],
      ["to the instructor", mistake.instructor],
      ["losses", mistake.losses.join(", ")],
      ["source", mistake.source],
    ];
    return print(table(rows));
  });
