// Makes executable/: lossd.cjs, one file for any Node, and lossd, the same with the pinned Node inside. Needs a build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { inject } from "postject";

const out = "executable";
const bundle = path.join(out, "lossd.cjs");
const executable = path.join(out, "lossd");

const needsThePackage = (what, failure = "./failure.js") =>
  `import { exitCodes, Failure } from "${failure}";
   const refuse = () => { throw new Failure(exitCodes.usage, "${what} needs lossd as a package or container: the executable has no workers"); };`;

/** What reads files beside itself reads them from the bundle, and what starts threads refuses. By file of dist/. */
const changes = {
  "files.js": () =>
    `import wasm from "./engine.wasm"; import manifest from "../package.json";
     export const readEngine = () => wasm;
     export const readManifest = () => JSON.stringify({ version: manifest.version });
     export const commandFile = __filename;`,
  "cli/commands/serve.js": () =>
    `import { Command } from "commander"; ${needsThePackage("lossd serve", "../failure.js")}
     export const serve = new Command("serve").description("serve over HTTP: not in the executable").action(refuse);`,
  "cli/grade_batch.js": () =>
    `${needsThePackage("a batch of submissions")} export const gradeBatch = refuse; export const refuseSingle = refuse;`,
  "cli/compute_lines.js": () => `${needsThePackage("a stream of lines")} export const computeLines = refuse;`,
};

function fail(message) {
  console.error(`build/executable.mjs: ${message}`);
  process.exit(1);
}

const selfContained = {
  name: "self-contained",
  setup({ onLoad }) {
    for (const [file, change] of Object.entries(changes)) {
      const full = path.resolve("dist", file);
      const filter = new RegExp(`${full.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
      onLoad({ filter }, () => ({ contents: change(), loader: "js" }));
    }
  },
};

async function makeBundle() {
  const { warnings } = await build({
    entryPoints: ["dist/cli/command.js"],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22.12",
    minifySyntax: true,
    minifyWhitespace: true,
    loader: { ".wasm": "binary" },
    plugins: [selfContained],
    logLevel: "warning",
  });
  if (warnings.length > 0) fail("the bundle is not self-contained");
}

/** The executable goes to graders that run strangers' programs: no other Node than the known one may get into it. */
function refuseOtherNode() {
  const { version, sha256 } = JSON.parse(readFileSync("build/node/package.json", "utf8"));
  const platform = `${process.platform}-${process.arch}`;
  const found = createHash("sha256").update(readFileSync(process.execPath)).digest("hex");
  if (found === sha256[platform]) return;
  fail(
    `${process.execPath} (SHA-256 ${found}) is not Node ${version} for ${platform} (${sha256[platform] ?? "none known"}): npm ci brings that Node, and npm run executable takes it`,
  );
}

/** Node's single executable application: the bundle as a resource inside a copy of the Node that runs this. */
async function makeExecutable() {
  const [config, blob] = [path.join(out, "sea.json"), path.join(out, "sea.blob")];
  writeFileSync(config, JSON.stringify({ main: bundle, output: blob, disableExperimentalSEAWarning: true }));
  const { status, stderr } = spawnSync(process.execPath, ["--experimental-sea-config", config], { encoding: "utf8" });
  if (status !== 0) fail(stderr);
  copyFileSync(process.execPath, executable);
  const { warn } = console;
  // Of notes in Node's own file that have no name, which is no fault.
  console.warn = (...words) => /^warning: Can't find string offset/.test(words[0]) || warn(...words);
  await inject(executable, "NODE_SEA_BLOB", readFileSync(blob), {
    sentinelFuse: "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2",
  });
  console.warn = warn;
  chmodSync(executable, 0o755);
  for (const file of [config, blob]) rmSync(file);
}

refuseOtherNode();
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
await makeBundle();
await makeExecutable();
const megabytes = (file) => `${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`;
console.log([bundle, executable].map(megabytes).join("\n"));
