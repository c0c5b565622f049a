// Builds dist/: finds the losses, writes their list, compiles the engine to WebAssembly and the rest to JavaScript.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { buildPage } from "./page.mjs";

const root = process.cwd();
const lossesFolder = path.join(root, "src/losses");
const dist = path.join(root, "dist");

function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}

function run(tool, args) {
  const { status } = spawnSync(process.execPath, [tool, ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) fail(`${path.basename(tool)} failed`);
}

/** Folders of src/losses with what losses share. */
const sharedByLosses = ["hints", "schemas", "unbounded"];

/** The folders of src/losses that are losses, each with a definition and a kernel. */
function findLosses() {
  const names = readdirSync(lossesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !sharedByLosses.includes(entry.name))
    .map((entry) => entry.name)
    .sort();
  for (const name of names) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) fail(`loss folder "${name}" is not in snake_case`);
    for (const file of ["definition.ts", "kernel.ts"]) {
      if (!existsSync(path.join(lossesFolder, name, file))) fail(`loss "${name}" has no ${file}`);
    }
  }
  return names;
}

/** The files of `lossd init` as code, so that a bundler sees them. */
function writeTemplates() {
  const folder = path.join(root, "src/cli/starter/templates");
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files
    .map(({ name }) => name)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(readFileSync(path.join(folder, name), "utf8"))},\n`);
  const text = `// Written by build/build.mjs from templates/.\nexport const templates = {\n${texts.join("")}} as const;\n`;
  writeIfChanged(path.join(root, "src/cli/starter/templates.generated.ts"), text);
}

function writeIfChanged(file, text) {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}

/** The list is written as code, so that a bundler sees every loss. */
function writeRegistry(names) {
  const imports = names.map((name) => `import ${name} from "./${name}/definition.ts";`);
  const text = `// Written by build/build.mjs from the folders beside it.\n${imports.join("\n")}\n\nexport const definitions = { ${names.join(", ")} };\n`;
  writeIfChanged(path.join(lossesFolder, "registry.generated.ts"), text);
}

function compileEngine(names) {
  const require = createRequire(path.join(root, "package.json"));
  const asc = path.join(path.dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js");
  const files = [
    "numerics/exact_sum",
    "tensors",
    "text/tensor_reader",
    "text/tensor_writer",
    "text/base64",
    "text/scan",
    "checks",
    "numerics/scalars",
  ];
  const entries = files.map((file) => `src/kernels/${file}.ts`);
  const kernels = names.map((name) => `src/losses/${name}/kernel.ts`);
  // Without abort the module imports nothing: its only contact with the outside is its own memory.
  const options = [
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--use",
    "abort=",
    "--initialMemory",
    "4",
    "--enable",
    "simd",
  ];
  run(asc, [...entries, ...kernels, "-o", "dist/engine.wasm", ...options]);
}

function compileTypeScript() {
  const require = createRequire(path.join(root, "package.json"));
  const packageFile = require.resolve("typescript/package.json");
  const { bin } = JSON.parse(readFileSync(packageFile, "utf8"));
  run(path.join(path.dirname(packageFile), bin.tsc), ["-p", "tsconfig.json"]);
}

/** A malformed loss stops the build here, by name, and not a request later. */
async function checkContract(names) {
  const module = new WebAssembly.Module(readFileSync(path.join(dist, "engine.wasm")));
  const exported = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
  if (WebAssembly.Module.imports(module).length > 0) fail("the engine imports something");
  const { losses, findFaults } = await import(pathToFileURL(path.join(dist, "losses/registry.js")).href);
  const faults = losses.flatMap((loss) => findFaults(loss, exported));
  if (losses.length !== names.length) faults.push("the registry does not hold every folder");
  if (faults.length > 0) fail(faults.join("\n"));
}

const names = findLosses();
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeRegistry(names);
writeTemplates();
compileEngine(names);
compileTypeScript();
await checkContract(names);
await bundle(dist);
await buildPage(root, dist);
// The lossd command, for npm link and npx.
chmodSync(path.join(dist, "main.js"), 0o755);
