// A copy of the project in a folder of its own, in which the built code is changed and the tests are run.
import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const notCopied = new Set([".git", "node_modules", ".venv", "target", "executable", "profiles"]);

/** Neither a test nor a hook may take longer than this: the slowest of them takes 13 s on two busy cores. */
const limitMs = 60_000;

export class Sandbox {
  folder = mkdtempSync(path.join(os.tmpdir(), "lossd-mutations-"));
  #child;

  constructor() {
    // Some tests run the copy as another user.
    chmodSync(this.folder, 0o755);
    cpSync(".", this.folder, { recursive: true, filter: (from) => !notCopied.has(path.basename(from)) });
    symlinkSync(path.resolve("node_modules"), path.join(this.folder, "node_modules"));
    mkdirSync(path.join(this.folder, "hits"));
  }

  path(...names) {
    return path.join(this.folder, ...names);
  }

  /**
   * Runs these test files in this order, all of them if `recording`, else until the first failure. `knownMs` has how long
   * a file took before: one that takes 5 times that and 20 s more hangs. Resolves to {outcome: "passed", "failed" or
   * "timeout", by, files: [{ended, ms, failed}]}, where `by` names the test that failed first, or the file that hung.
   */
  run(order, { recording = false, knownMs = {}, workers }) {
    const env = { ...process.env, MUTATIONS_RUN: JSON.stringify({ order, recording, limitMs, workers }) };
    const args = ["node_modules/vitest/vitest.mjs", "run", "--config", "bench/mutations/vitest.config.mjs"];
    // A group of its own: what a mutant's tests have started ends with them.
    const child = spawn(process.execPath, args, {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    this.#child = child;
    const watch = new Watch(knownMs, () => this.stop());
    const lines = createInterface({ input: child.stdio[3] });
    lines.on("line", (line) => watch.take(JSON.parse(line)));
    return new Promise((resolve) => {
      // Not when its pipes close: a process that a test left behind may hold them.
      child.on("exit", (status) => {
        setImmediate(() => {
          this.stop();
          resolve(watch.result(status));
        });
      });
    });
  }

  stop() {
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // Its last process has ended by itself.
    }
  }

  remove() {
    if (this.#child) this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Follows the test files of one run, and says when one of them hangs. */
class Watch {
  #files = [];
  #timers = new Map();
  #hung;
  #started = performance.now();

  constructor(knownMs, stop) {
    this.allowedMs = (file) => limitMs + 5 * (knownMs[file] ?? limitMs);
    this.hang = (file) => {
      this.#hung ??= file;
      stop();
    };
  }

  take({ started, ended, ...rest }) {
    if (started) {
      const timer = setTimeout(this.hang, this.allowedMs(started), started);
      this.#timers.set(started, timer);
      return;
    }
    clearTimeout(this.#timers.get(ended));
    this.#files.push({ ended, ...rest });
  }

  result(status) {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const failed = this.#files.find((file) => file.failed.length > 0);
    const seconds = (performance.now() - this.#started) / 1000;
    const files = this.#files;
    if (this.#hung && !failed) return { outcome: "timeout", by: this.#hung, seconds, files };
    if (failed) return { outcome: "failed", by: `${failed.ended}: ${failed.failed[0]}`, seconds, files };
    if (status !== 0) return { outcome: "failed", by: "an error outside of every test", seconds, files };
    return { outcome: "passed", seconds, files };
  }
}
