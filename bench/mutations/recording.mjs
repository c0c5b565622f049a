// Which test file reaches which functions of the built code, by one run of all tests on code that notes it. It says only
// where a mutant is looked for first.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "../../build/bundle.mjs";
import { instrumented } from "./sites.mjs";

const kept = "bench/results/mutations-recording.json";

export function filesUnder(folder, ending) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => path.relative(".", path.join(entry.parentPath, entry.name)))
    .sort();
}

/** {ms: test file → milliseconds, reached: function → test files}: of this code, from an earlier run if there was one. */
export async function recordingOf(sandbox, files, workers) {
  const tests = filesUnder("test", ".test.ts");
  const hash = createHash("sha256");
  for (const file of [...filesUnder("dist", ".js"), ...filesUnder("test", ".ts")]) hash.update(readFileSync(file));
  const code = hash.update(files.join()).digest("hex");
  const known = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  if (known.code === code) return known;
  const recording = { code, ...(await record(sandbox, files, tests, workers)) };
  writeFileSync(kept, JSON.stringify(recording));
  return recording;
}

async function record(sandbox, files, tests, workers) {
  const hitUrl = pathToFileURL(sandbox.path("bench/mutations/hit.mjs")).href;
  for (const file of files) writeFileSync(sandbox.path(file), instrumented(file, readFileSync(file, "utf8"), hitUrl));
  await bundle(sandbox.path("dist"), [hitUrl]);
  const run = await sandbox.run(tests, { recording: true, workers });
  for (const file of files) writeFileSync(sandbox.path(file), readFileSync(file));
  if (run.outcome !== "passed") throw new Error(`the tests do not pass on the code as it is: ${run.by}`);
  const reached = reachedBy(sandbox, tests);
  if (Object.keys(reached).length === 0) throw new Error("no test has noted a function that it reached");
  return { seconds: run.seconds, ms: Object.fromEntries(run.files.map(({ ended, ms }) => [ended, ms])), reached };
}

/** Function → test files. A function that a process without a name has reached may have been reached by any of them. */
function reachedBy(sandbox, tests) {
  const reached = new Map();
  for (const name of readdirSync(sandbox.path("hits"))) {
    const test = decodeURIComponent(name);
    const by = test === "unnamed" ? tests : [test];
    const keys = readFileSync(sandbox.path("hits", name), "utf8").trim().split("\n");
    for (const key of keys) reached.set(key, new Set([...(reached.get(key) ?? []), ...by]));
  }
  return Object.fromEntries([...reached].map(([key, names]) => [key, [...names]]));
}

/** Of the test files, those that reach a function, the quickest first; then the rest, or none of it. */
export function orderFor(owner, { ms, reached }, andRest) {
  const quickest = (names) => names.toSorted((one, other) => ms[one] - ms[other]);
  const related = (reached[owner] ?? []).filter((name) => name in ms);
  const rest = andRest ? Object.keys(ms).filter((name) => !related.includes(name)) : [];
  return { related: related.length, order: [...quickest(related), ...quickest(rest)] };
}
