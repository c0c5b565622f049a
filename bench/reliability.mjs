// What the service withstands, beside the code before the corridor: `npm run bench -- reliability` writes RELIABILITY.md.
// Options: --quick (this code only, one short turn, only prints), --only NAME…, --turns N, --old FOLDER (a built one).
import { readArguments } from "./reliability/arguments.mjs";
import { checks as makers } from "./reliability/checks.mjs";
import { describeCode, prepareOldCode, root } from "./reliability/old_code.mjs";
import { formatCheck, formatPage, isBroken } from "./reliability/report.mjs";
import { readResults, writeResults } from "./reliability/results.mjs";
import { runCheck } from "./reliability/turns.mjs";

async function main() {
  const { names, quick, turns, old } = readArguments(process.argv.slice(2), Object.keys(makers));
  const codes = [{ name: "new", folder: root }];
  if (!quick) codes.unshift({ name: "old", folder: prepareOldCode(old) });
  const checks = Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make({ quick })]));
  for (const name of names) {
    if (quick && checks[name].needsOld) continue;
    const started = performance.now();
    console.error(name);
    const outcome = { code: describeCode(), ...(await runCheck(checks[name], codes, turns)) };
    console.log(formatCheck(name, checks[name], outcome));
    console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    if (isBroken(checks[name], outcome)) process.exitCode = 1;
    if (!quick) keep(name, outcome, checks);
  }
}

/** After each check, so that a run that is broken off loses only the check that it was at. */
function keep(name, outcome, checks) {
  const results = { ...readResults(), [name]: outcome };
  writeResults(results, formatPage(checks, results));
}

await main();
// A client's timers and sockets, of a service that is killed, may be left.
process.exit();
