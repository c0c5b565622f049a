// Prints what the grader makes of the programs: `node test/grading/programs/figures.ts [open|held] [details]`, after a build.
import { figuresOf, hasName, judge, programs, type Verdict } from "./count.ts";

const [half = "open", details] = process.argv.slice(2);
const verdicts = programs.filter((one) => one.half === half).map(judge);
const lines = [`${half}: ${figuresOf(verdicts)}`, ...(details ? verdicts.flatMap(linesOf) : [])];
process.stdout.write(`${lines.join("\n")}\n`);

function linesOf({ program, report, injustices, leaks, accusations, named }: Verdict): string[] {
  const said = report.diagnosis.candidates.map(
    ({ id, also = [], outputs }) => `${[id, ...also].join(" + ")} (${outputs})`,
  );
  const diagnosis = `${report.diagnosis.status}: ${said.join(" or ")}`;
  return [
    ...(injustices.length > 0 ? [`injustice  ${program.id}: ${injustices.join(", ")}; ${diagnosis}`] : []),
    ...(leaks.length > 0 ? [`leak       ${program.id}: ${leaks.join(", ")}`] : []),
    ...(accusations.length > 0 ? [`accusation ${program.id}: ${accusations.join(" or ")}; ${diagnosis}`] : []),
    ...(hasName(program) && !named ? [`unnamed    ${program.id}: ${diagnosis}`] : []),
  ];
}
