// What was measured, as Markdown: every figure, how many times as fast ours is, and whether that is what was promised.
import { measures, median } from "./measure.mjs";

const number = (value) => (value < 100 ? value.toPrecision(3) : value.toFixed(0));
const times = (ratio) => ratio.toFixed(2);

/** How many times as fast ours is as another: the median of the rounds, each of which measured one after the other. */
export function compare(measure, ours, theirs) {
  return median(ours.figures.map((figure, round) => measures[measure].faster(figure, theirs.figures[round])));
}

function fastest(measure, results) {
  const { faster } = measures[measure];
  return results.reduce((best, result) => (faster(median(result.figures), median(best.figures)) > 1 ? result : best));
}

/** The targets of a row that were measured: against whom, and with which ratio. */
export function judge(row, { results }) {
  const ours = results.find(({ group }) => group === "ours");
  if (!ours) return [];
  return row.targets.flatMap(({ group, entry, atLeast, stretch }) => {
    const rivals = results.filter((result) => (entry ? result.name === entry : result.group === group));
    if (rivals.length === 0) return [];
    const rival = fastest(row.measure, rivals);
    const ratio = compare(row.measure, ours, rival);
    const reached = atLeast === undefined ? undefined : ratio >= atLeast;
    return [{ against: entry ?? `fastest ${group} peer: ${rival.name}`, ratio, atLeast, stretch, reached }];
  });
}

/** Every target of every row, with the ratio that was measured. */
export function formatTargets(rows, outcomes) {
  const lines = rows.flatMap((row, i) =>
    judge(row, outcomes[i]).map(({ against, ratio, atLeast, stretch, reached }) => {
      const verdict = reached === undefined ? "" : reached ? "yes" : "**no**";
      const promised = [atLeast, stretch].map((target) => (target === undefined ? "" : times(target)));
      return `| ${row.title} | ${against} | ${times(ratio)} | ${promised[0]} | ${verdict} | ${promised[1]} |`;
    }),
  );
  return table(["row", "against", "ours is × as fast", "at least", "reached", "stretch"], lines);
}

/** Where the time goes, of each row that misses a target. */
export function formatMissed(rows, outcomes) {
  const missed = rows.filter((row, i) => judge(row, outcomes[i]).some(({ reached }) => reached === false));
  const lines = missed.map(({ title, where }) => `- **${title}**: ${where}`);
  return lines.length === 0 ? "" : `Why not:\n\n${lines.join("\n")}\n`;
}

/** What was measured in a row, and who is missing. */
export function formatRow(row, { results, leftOut }) {
  const ours = results.find(({ group }) => group === "ours");
  const lines = results.map((result) => {
    const { name, bytes, figures, cpuMs } = result;
    const ratio = ours && result !== ours ? times(compare(row.measure, ours, result)) : "";
    const spread = `${number(Math.min(...figures))}–${number(Math.max(...figures))}`;
    const cpu = cpuMs ? number(1000 * median(cpuMs)) : "";
    return `| ${name} | ${bytes} | ${number(median(figures))} | ${spread} | ${cpu} | ${ratio} |`;
  });
  const head = [
    "server",
    "body, bytes",
    `${measures[row.measure].unit}, median`,
    "least–greatest",
    "processor time, µs a request",
    "ours is × as fast",
  ];
  const missing = leftOut.map(({ name, reason }) => `\n**Left out: ${name}: ${reason}**\n`);
  return `### ${row.title}\n\n${table(head, lines)}${missing.join("")}`;
}

function table(head, lines) {
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...lines, ""].join("\n");
}
