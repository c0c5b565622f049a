// The service beside its peers over HTTP, in turn in one run. `npm run bench -- http` writes RESULTS.md and
// results/http.json; `--quick` is one short round without the peers that need installing, and only prints.
import { writeFileSync } from "node:fs";
import { gatherEntrants, limits } from "./http/entrants.mjs";
import { describeMachine } from "./http/machine.mjs";
import { runRow } from "./http/race.mjs";
import { formatMissed, formatRow, formatTargets } from "./http/report.mjs";
import { rows } from "./http/rows.mjs";
import { canPin } from "./http/servers.mjs";
import { formatStages, measureStages } from "./http/stages.mjs";

const quick = process.argv.includes("--quick");
const effort = quick ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 3 };

async function main() {
  const { entrants, missing } = await gatherEntrants({ install: !quick });
  const outcomes = [];
  for (const row of rows) {
    console.error(row.title);
    const outcome = await runRow(row, entrants, effort);
    for (const { name, wire, reason } of outcome.leftOut) console.error(`LEFT OUT: ${name} (${wire}) ${reason}`);
    // A peer that fails is left out; ours that fails is a failure.
    if (outcome.leftOut.some(({ group }) => group === "ours")) process.exitCode = 1;
    outcomes.push(outcome);
  }
  for (const { name, reason } of missing) console.error(`LEFT OUT: ${name}: ${reason}`);
  const stages = await measureStages(rows, effort);
  const machine = describeMachine();
  const versions = [...new Set(entrants.flatMap((entrant) => entrant.versions))];
  const report = format({ outcomes, missing, stages, machine, versions });
  console.log(report);
  if (quick) return;
  const raw = { machine, versions, effort, limits, outcomes, missing, stages };
  writeFileSync(new URL("RESULTS.md", import.meta.url), report);
  writeFileSync(new URL("results/http.json", import.meta.url), `${JSON.stringify(raw, null, 1)}\n`);
}

function format({ outcomes, missing, stages, machine, versions }) {
  const cores = canPin
    ? "Where it says one core, the server has core 0 and the load core 1; else both have all."
    : "Servers and load were NOT given cores of their own: taskset or a second core is missing.";
  return `# Measurements

Written by \`npm run bench\`; every figure is in [results/http.json](results/http.json). The question is the same for all:
softmax cross-entropy of class indices, with mean loss, losses and gradients by the logits. Every server's answer is
compared with the engine's before it is measured, within 1e-9 of the greatest number (1e-5 in FP32).

${effort.rounds} rounds, in each of which every server has its turn of about ${effort.seconds} s: requests a second over 16 connections
where the row says nothing else, or milliseconds a request over one, until the reply's last byte. Before, a server is
asked 30,000 times, or for 10 s: V8 takes so many small requests to compile what is used. Processor time is that of all
of a server's processes.
${cores}
"× as fast" is the median of the rounds' ratios, above 1 where ours is faster. Machines are noisy: compare figures of one
run only.

Machine: ${machine}.
Versions: ${versions.join(", ")}.
Ours runs with its defaults, but for the limits that the largest rows need: ${Object.entries(limits)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ")}.
${missing.map(({ name, reason }) => `\n**Left out: ${name}: ${reason}.**\n`).join("")}
## Targets

${formatTargets(rows, outcomes)}
${formatMissed(rows, outcomes)}
## Figures

${rows.map((row, i) => formatRow(row, outcomes[i])).join("\n")}
## Where a request's time goes

${formatStages(stages)}`;
}

await main();
