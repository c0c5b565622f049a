// What was measured, as Markdown: a table a check, with the promise beside each figure and whether it was kept.
import { judge, summarise } from "./promises.mjs";

const head = ["what", "promise", "7e03e3d", "this code", "kept"];

/** @param {{ values: Record<"old" | "new", Record<string, number[]>> }} outcome */
function linesOf({ figures }, { values }) {
  return Object.entries(figures).map(([key, { what, promise }]) => {
    const [before, now] = [values.old[key] ?? [], values.new[key] ?? []];
    return { what, words: promise?.words ?? "", before, now, verdict: judge(promise, now, before) };
  });
}

/** Whether this code broke a promise, or could not be measured. */
export function isBroken(check, outcome) {
  const failed = outcome.failures.some(({ code }) => code === "new");
  return failed || linesOf(check, outcome).some(({ verdict }) => verdict === "no");
}

/** A check's section: what is done, its command, and its figures. */
export function formatCheck(name, check, outcome) {
  const lines = linesOf(check, outcome).map(({ what, words, before, now, verdict }) => {
    const kept = verdict === "no" ? "**no**" : verdict;
    return `| ${[what, words, summarise(before), summarise(now), kept].join(" | ")} |`;
  });
  const failures = outcome.failures.map(({ code, reason }) => `\n**A turn of the ${code} code failed: ${reason}**\n`);
  return `## ${check.title}

${check.how}

\`npm run bench -- reliability --only ${name}\`: ${outcome.code}, ${outcome.turns} turns, ${outcome.machine}.

| ${head.join(" | ")} |
|${"---|".repeat(head.length)}
${lines.join("\n")}
${failures.join("")}`;
}

/** The whole page; checks that were never measured are named. */
export function formatPage(checks, results) {
  const names = Object.keys(checks);
  const sections = names.filter((name) => results[name]).map((name) => formatCheck(name, checks[name], results[name]));
  const missing = names.filter((name) => !results[name]);
  const gap = missing.length === 0 ? "" : `\nNot measured yet: ${missing.join(", ")}.\n`;
  return `# Reliability

Written by \`npm run bench -- reliability\`; every figure is in [results/reliability.json](results/reliability.json). Each check starts
\`node dist/main.js serve\` with its defaults but for what it says, and is its clients over raw sockets, on the same cores.
"7e03e3d" is the code before the life of a request was written once; it and this code are measured in turn, and each check
says with which commit, how many turns and on what machine. A figure is the median of the turns, with the least and the
greatest; "never" is what did not happen while the check waited.
${gap}
${sections.join("\n")}`;
}
