// What the documentation says is tried: links lead somewhere, commands run and print what stands below them, examples in
// TypeScript and JavaScript compile.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { anchorsOf, fencesOf, linksOf } from "./fences.mjs";
import { startService } from "./service.mjs";

/** Commands that cannot run here are marked by `<!-- not run: why -->`; more than these would be too many. */
const notRunMax = 10;

/** What is wrong with links and pictures. Those to other hosts are not followed. */
export function linkFaults(pages) {
  const texts = new Map(pages.map((page) => [page, readFileSync(page, "utf8")]));
  const faults = [];
  for (const [page, text] of texts) {
    for (const { target, line } of linksOf(text)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file, anchor] = target.split("#");
      const there = file === "" ? page : path.join(path.dirname(page), file);
      if (!existsSync(there)) faults.push(`${page}:${line}: there is no ${there}`);
      else if (anchor && there.endsWith(".md") && !anchorsOf(readFileSync(there, "utf8")).includes(anchor))
        faults.push(`${page}:${line}: ${there} has no heading #${anchor}`);
    }
  }
  return faults;
}

/** Runs every command of the pages beside one service, and says what failed or printed something else. */
export async function commandFaults(pages) {
  const work = mkdtempSync(path.join(os.tmpdir(), "lossd-docs-"));
  // A package finds itself by its name only from within.
  const within = mkdtempSync(path.resolve(".docs-"));
  const service = await startService();
  const bin = path.join(work, "bin");
  mkdirSync(bin);
  writeFileSync(
    path.join(bin, "lossd"),
    `#!/bin/sh\nexec "${process.execPath}" "${path.resolve("dist/main.js")}" "$@"\n`,
  );
  chmodSync(path.join(bin, "lossd"), 0o755);
  symlinkSync(process.execPath, path.join(bin, "node"));
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  try {
    const skipped = [];
    const faults = [];
    const typed = [];
    for (const page of pages) {
      const cwd = mkdtempSync(path.join(work, "page-"));
      // As root, programs of students run as another user.
      for (const folder of [work, cwd]) chmodSync(folder, 0o755);
      for (const name of ["examples", "dist"]) symlinkSync(path.resolve(name), path.join(cwd, name));
      for (const fence of fencesOf(readFileSync(page, "utf8"))) {
        const at = `${page}:${fence.line}`;
        if (fence.comment.startsWith("not run: ")) skipped.push(at);
        else {
          const run = runnerOf(fence, { cwd, within, typed, port: service.port });
          if (run) faults.push(...tried(run, fence, at, { cwd, env }));
        }
      }
    }
    if (skipped.length > notRunMax) faults.push(`${skipped.length} commands are not run: ${skipped.join(", ")}`);
    faults.push(...typeFaults(typed));
    return faults;
  } finally {
    await service.stop();
    rmSync(work, { recursive: true, force: true });
    rmSync(within, { recursive: true, force: true });
  }
}

/** The command that runs a block; undefined for one that is only shown. */
function runnerOf({ language, text, line }, { within, typed, port }) {
  const here = text.replace(/(localhost|127\.0\.0\.1):8080/g, `127.0.0.1:${port}`);
  if (language === "sh") return ["bash", ["-euo", "pipefail", "-c", here]];
  if (language === "python") return ["python3", ["-c", here]];
  if (language !== "js" && language !== "ts") return undefined;
  const file = path.join(within, `block-${typed.length}-${line}.mts`);
  writeFileSync(file, here);
  typed.push(file);
  return [process.execPath, [file]];
}

function tried([command, words], { language, output, text }, at, { cwd, env }) {
  if (language === "python" && !canRunPython(text)) {
    console.error(`!!! NOT RUN: ${at}: Python with what it imports is not here`);
    return process.env.CI === "true" ? [`${at}: with CI=true Python has to run`] : [];
  }
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: "utf8", timeout: 60_000 });
  // A check or a gate that fails says so by 1, and the page shows what it prints.
  const isShown = output !== undefined && status === 1 && / (check|gate) /.test(text);
  if (status !== 0 && !isShown) return [`${at}: exit code ${status}\n${stdout}${stderr}`];
  if (output === undefined || matches(stdout.trimEnd(), output.trimEnd())) return [];
  return [`${at}: it prints\n${stdout.trimEnd()}\nand the page says\n${output.trimEnd()}`];
}

/** `…` stands for anything: a request's id, a time, or what is too long to show. */
function matches(printed, promised) {
  const pattern = promised
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*");
  return printed === promised || new RegExp(`^${pattern}$`).test(printed);
}

function canRunPython(text) {
  const imports = text.split("\n").filter((line) => /^(import|from) /.test(line));
  return spawnSync("python3", ["-c", imports.join("\n")]).status === 0;
}

function typeFaults(files) {
  if (files.length === 0) return [];
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  const options = "--strict --noEmit --target es2022 --module nodenext --types node --ignoreConfig".split(" ");
  const { status, stdout } = spawnSync(
    process.execPath,
    [path.join(path.dirname(manifest), bin.tsc), ...options, ...files],
    { encoding: "utf8" },
  );
  return status === 0 ? [] : [`the examples do not type-check:\n${stdout}`];
}
