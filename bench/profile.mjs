// Where a request's time goes, row by row: `npm run bench -- profile` has the stages of one request at a time, and
// with `--cpu-prof` the functions that take it on every thread, under the row's own load. The profiles are kept in
// bench/results/profiles, for a browser's developer tools.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeBatch } from "./http/batches.mjs";
import { ours } from "./http/entrants.mjs";
import { measures } from "./http/measure.mjs";
import { rows } from "./http/rows.mjs";
import { pinLoad, startServer, stopServer } from "./http/servers.mjs";
import { formatStages, measureStages } from "./http/stages.mjs";
import { makeRequest } from "./http/wires.mjs";

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

/** Has Node profile the server while it is measured as the row says: a file a thread, written when it ends. */
async function profile(row, profiles) {
  const { wire, path } = ours.entries.find((entry) => row.wires.includes(entry.wire));
  const { headers, body } = makeRequest(wire, makeBatch(row.batch));
  pinLoad(row.cores);
  const server = await startServer(ours, row.cores, { flags: ["--cpu-prof", `--cpu-prof-dir=${profiles}`] });
  try {
    const round = await measures[row.measure].prepare(
      { url: server.url + path, headers, body },
      { seconds, connections: row.connections },
    );
    return (await round()).figure;
  } finally {
    await stopServer(server);
  }
}

if (!process.argv.includes("--cpu-prof")) console.log(formatStages(await measureStages(rows, { seconds })));
else {
  rmSync(folder, { recursive: true, force: true });
  for (const [i, row] of rows.entries()) {
    const profiles = `${folder}${i}/`;
    const figure = await profile(row, profiles);
    console.log(`${row.title}: ${figure.toPrecision(3)} ${measures[row.measure].unit}`);
    for (const file of readdirSync(profiles)) {
      console.log(`${profiles}${file}, ms of own time:`);
      const functions = readProfile(profiles + file).slice(0, functionsShown);
      for (const [name, ms] of functions) console.log(`${ms.toFixed(0).padStart(7)} ${name}`);
    }
  }
}
