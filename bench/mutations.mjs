// Which changes of the built code no test notices: `npm run bench -- mutations [--count N] [--seed S] [--rooms a,b]
// [--related] [--workers N]`. Each mutant is one token of dist/ changed in a copy of the project; the tests that reach its
// function run first, the quickest first, then all others (with --related, none), until one fails. It ends with 1 if fewer
// than 85 % are caught or a survivor is not explained in mutations/survivors.json.
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "../build/bundle.mjs";
import { Random } from "../test/determinism/random.ts";
import { filesUnder, orderFor, recordingOf } from "./mutations/recording.mjs";
import { Sandbox } from "./mutations/sandbox.mjs";
import { applied, kindNames, sitesOf } from "./mutations/sites.mjs";

const caughtMin = 0.85;
const rooms = "engine,wire,json,request,grading,pool,service,server";
const survivorsFile = new URL("mutations/survivors.json", import.meta.url);

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "150" },
    seed: { type: "string", default: String(randomInt(1e9)) },
    rooms: { type: "string", default: rooms },
    workers: { type: "string", default: String(os.availableParallelism()) },
    related: { type: "boolean", default: false },
  },
});

/** The built files of the rooms that there are; what the build writes is left out. */
function filesOf(names) {
  const folders = names.split(",").filter((name) => existsSync(path.join("dist", name)));
  const files = folders.flatMap((name) => filesUnder(path.join("dist", name), ".js"));
  return files.filter((file) => !file.includes(".generated."));
}

/** Draws a kind, then a place of it, so that the kinds with few places are not lost among the numbers. */
function draw(sites, count, seed) {
  const random = new Random(seed);
  const left = kindNames.map((kind) => sites.filter((site) => site.kind === kind));
  const drawn = [];
  while (drawn.length < count && left.some((places) => places.length > 0)) {
    const places = left[random.below(left.length)];
    if (places.length > 0) drawn.push(...places.splice(random.below(places.length), 1));
  }
  return drawn;
}

const nameOf = (file) => path.basename(file);

/** Entries are found by the file's name and the text, so that they outlive a move and a new line. */
function explanationOf(survivors, { file, before, after }) {
  return survivors.find((one) => one.file === nameOf(file) && one.before === before && one.after === after)?.why;
}

async function tryMutant(sandbox, recording, site) {
  const text = readFileSync(site.file, "utf8");
  const { related, order } = orderFor(site.owner, recording, !values.related);
  if (order.length === 0) return { outcome: "passed", seconds: 0, related };
  writeFileSync(sandbox.path(site.file), applied(text, site));
  await bundle(sandbox.path("dist"));
  const { files, ...result } = await sandbox.run(order, { knownMs: recording.ms, workers: Number(values.workers) });
  writeFileSync(sandbox.path(site.file), text);
  return { ...result, related };
}

function show({ file, line, kind, before, after, outcome, by, seconds, why }, at, count) {
  const caught = outcome !== "passed";
  console.log(`${at}/${count} ${file}:${line} ${kind}: ${caught ? "caught" : "SURVIVED"} in ${seconds.toFixed(1)} s`);
  if (caught) console.log(`    by ${outcome === "timeout" ? "a timeout of " : ""}${by}`);
  else console.log(`  - ${before}\n  + ${after}\n    ${why ?? "not explained"}`);
}

function summarise(results, survivors, sites) {
  const caught = results.filter(({ outcome }) => outcome !== "passed");
  const timeouts = caught.filter(({ outcome }) => outcome === "timeout").length;
  const unexplained = results.filter(({ outcome, why }) => outcome === "passed" && !why);
  const seconds = results.reduce((sum, one) => sum + one.seconds, 0);
  const share = caught.length / results.length;
  console.log(
    `\nseed ${values.seed}: ${caught.length} of ${results.length} caught (${(100 * share).toFixed(1)} %), ${timeouts} by a timeout; ` +
      `${unexplained.length} survivors are not explained; ${(seconds / 60).toFixed(1)} min, ${(seconds / results.length).toFixed(1)} s a mutant`,
  );
  const stale = survivors.filter((one) => !sites.some((site) => explanationOf([one], site)));
  for (const { file, before } of stale) console.log(`survivors.json explains what is not there: ${file}: ${before}`);
  return share >= caughtMin && unexplained.length === 0 && stale.length === 0;
}

async function main(sandbox) {
  const files = filesOf(values.rooms);
  const sites = files.flatMap((file) => sitesOf(file, readFileSync(file, "utf8")));
  const drawn = draw(sites, Number(values.count), values.seed);
  console.log(`seed ${values.seed}: ${drawn.length} of ${sites.length} changes of ${files.length} files`);
  mkdirSync("bench/results", { recursive: true });
  const recording = await recordingOf(sandbox, files, Number(values.workers));
  console.log(`all tests on the code as it is: ${recording.seconds.toFixed(0)} s`);
  const survivors = JSON.parse(readFileSync(survivorsFile, "utf8"));
  const results = [];
  for (const site of drawn) {
    const result = { ...site, ...(await tryMutant(sandbox, recording, site)), why: explanationOf(survivors, site) };
    results.push(result);
    show(result, results.length, drawn.length);
    writeFileSync(
      `bench/results/mutations-${values.seed}.json`,
      `${JSON.stringify({ seed: values.seed, results }, null, 2)}\n`,
    );
  }
  const all = values.rooms === rooms ? survivors : [];
  return summarise(results, all, sites);
}

const sandbox = new Sandbox();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
process.on("exit", () => sandbox.remove());
process.exitCode = (await main(sandbox)) ? 0 : 1;
