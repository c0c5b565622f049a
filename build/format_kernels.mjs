// Formats the AssemblyScript of src/kernels and src/losses/*/kernel*.ts by Biome, which knows no decorators of functions:
// each stands on a line of its own, as a comment while Biome works.
// node build/format_kernels.mjs           writes
// node build/format_kernels.mjs --check   names what is not formatted, and exits with 1
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const isAssemblyScript = (file) => file.startsWith("src/kernels/") || /\/kernel\w*\.ts$/.test(file);

/** Tables of numbers, as build/tables writes them. */
const isTable = (file) => /_table\.ts$|(powers_of_ten|exponents)\.ts$/.test(file);

/** The AssemblyScript files of the repository, from its root. */
export function kernelFiles() {
  return ["src/kernels", "src/losses"]
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)))
    .filter((file) => file.endsWith(".ts") && isAssemblyScript(file) && !isTable(file))
    .sort();
}

/** The files, from the repository's root, with the text that each should have. */
export function formatKernels(files) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "lossd-kernels-"));
  const copy = (file) => path.join(folder, file);
  try {
    writeFileSync(
      copy("biome.json"),
      JSON.stringify({ root: true, formatter: readFormatter(), linter: { enabled: false } }),
    );
    for (const file of files) {
      mkdirSync(path.dirname(copy(file)), { recursive: true });
      writeFileSync(copy(file), readFileSync(file, "utf8").replace(/^( *)@inline$/gm, "$1// @inline"));
    }
    const biome = path.resolve("node_modules/@biomejs/biome/bin/biome");
    const args = [biome, "format", "--write", "."];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`biome: ${stdout}${stderr}`);
    return new Map(
      files.map((file) => [file, readFileSync(copy(file), "utf8").replace(/^( *)\/\/ @inline$/gm, "$1@inline")]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readFormatter() {
  return JSON.parse(readFileSync("biome.json", "utf8")).formatter;
}

function main(check) {
  const files = kernelFiles();
  const wrong = [...formatKernels(files)].filter(([file, text]) => readFileSync(file, "utf8") !== text);
  if (check) for (const [file] of wrong) console.error(`${file} is not formatted: npm run format`);
  else for (const [file, text] of wrong) writeFileSync(file, text);
  process.exitCode = check && wrong.length > 0 ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) main(process.argv.includes("--check"));
