// The code before the corridor, built beside this one: what the figures are compared with.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const oldCommit = "7e03e3d";

/**
 * The folder of the old code, built: the given one, or one made of this repository's history and kept in .cache/.
 * Needs git, tar and, for its packages, npm.
 */
export function prepareOldCode(given) {
  if (given !== undefined) return checkBuilt(path.resolve(given));
  // In node_modules TypeScript would take its sources for a package's, and refuse to name their types.
  const folder = path.join(root, ".cache", `lossd-${oldCommit}`);
  if (existsSync(path.join(folder, "dist/main.js"))) return folder;
  console.error(`building ${oldCommit}`);
  mkdirSync(folder, { recursive: true });
  const files = execFileSync("git", ["archive", oldCommit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x"], { cwd: folder, input: files });
  const npm = (...words) => execFileSync("npm", words, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  npm("ci", "--prefer-offline", "--no-audit", "--no-fund");
  npm("run", "build");
  return checkBuilt(folder);
}

function checkBuilt(folder) {
  if (!existsSync(path.join(folder, "dist/main.js"))) throw new Error(`${folder} is not built: it has no dist/main.js`);
  return folder;
}

/** What is measured as the new code: its commit, with a + where files differ from it. */
export function describeCode() {
  const git = (...words) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "src") === "" ? "" : "+");
  } catch {
    return "this code";
  }
}
