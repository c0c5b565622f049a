// Brings what a peer needs into the user's cache, outside the tree: a virtual environment or a release build.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "lossd-bench");

export const folderOf = (peer) => fileURLToPath(new URL(`../peers/${peer}/`, import.meta.url));

/** A virtual environment with the requirements of these peers: its interpreter. Throws where it cannot be made. */
export function installPython(environment, peers) {
  const folder = path.join(cache, environment);
  const python = path.join(folder, "bin/python");
  const files = peers.map((peer) => path.join(folderOf(peer), "requirements.txt"));
  // Written last: an installation that was cut off is made again.
  const stamp = path.join(folder, "installed.txt");
  const wanted = files.map((file) => readFileSync(file, "utf8")).join("");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    mkdirSync(cache, { recursive: true });
    run("python3", ["-m", "venv", "--clear", folder]);
    run(python, ["-m", "pip", "install", "--quiet", ...files.flatMap((file) => ["-r", file])]);
    writeFileSync(stamp, wanted);
  }
  return { program: python, tool: say(python, "--version") };
}

/** A release build: its program. Throws where it cannot be made. */
export function buildRust(peer, program) {
  const target = path.join(cache, peer);
  run("cargo", ["build", "--quiet", "--release", "--locked", "--target-dir", target], folderOf(peer));
  return { program: path.join(target, "release", program), tool: say("rustc", "--version") };
}

/** The packages that a requirements.txt or Cargo.toml pins, as "name version". */
export function readPins(text) {
  const pins = text.matchAll(/^([\w-]+)(?:\[\w+\]==| = .*?"=|==)([\w.]+)/gm);
  return [...pins].map(([, name, version]) => `${name} ${version}`);
}

const say = (command, question) => spawnSync(command, [question], { encoding: "utf8" }).stdout.trim();

function run(command, args, cwd) {
  console.error(`${command} ${args.join(" ")}`);
  const { error, status } = spawnSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (error) throw new Error(`${command} is not there`);
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with exit code ${status}`);
}
