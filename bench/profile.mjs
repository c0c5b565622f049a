// Where a request's time goes, row by row: `npm run bench -- profile`, and with `--cpu-prof` the functions that take it
// on every thread. The profiles are kept in bench/results/profiles, for a browser's developer tools.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rows } from "./http/rows.mjs";
import { formatStages, measureStages } from "./http/stages.mjs";

const seconds = 3;
const functionsShown = 12;
const folder = fileURLToPath(new URL("results/profiles/", import.meta.url));

/** Milliseconds of each function's own time in a profile of V8, the most first. */
function readProfile(file) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8"));
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url && `${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
      return [id, `${functionName || "(anonymous)"} ${place}`];
    }),
  );
  const own = new Map();
  samples.forEach((id, i) => {
    const name = names.get(id);
    own.set(name, (own.get(name) ?? 0) + timeDeltas[i] / 1000);
  });
  return [...own].sort(([, a], [, b]) => b - a);
}

if (!process.argv.includes("--cpu-prof")) console.log(formatStages(await measureStages(rows, { seconds })));
else {
  for (const row of rows) {
    rmSync(folder, { recursive: true, force: true });
    const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
    console.log(`${formatStages(await measureStages([row], { seconds }, { flags }))}`);
    for (const file of readdirSync(folder)) {
      console.log(`${file}, ms of own time:`);
      for (const [name, ms] of readProfile(folder + file).slice(0, functionsShown))
        console.log(`${ms.toFixed(0).padStart(7)} ${name}`);
    }
  }
}
