// Students' programs get the Python of the virtual environment that is active, with what the course installed there.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lossd } from "./lossd.js";

const isRoot = process.getuid?.() === 0;
let folder = "";
const at = (name: string) => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "lossd-venv-"));
  chmodSync(folder, 0o755);
  cpSync(process.execPath, at("node"));
  cpSync("test/cli/students/right.mjs", at("right.mjs"));
  const cases = [{ id: "a", logits: [[2, 1, 0.1]], labels: [1] }];
  writeFileSync(at("task.json"), JSON.stringify({ loss: "cross_entropy", cases }));
  mkdirSync(at("venv/bin"), { recursive: true });
  // A python3 that is this node: what the system's cannot run shows whose it is.
  writeFileSync(at("venv/bin/python3"), `#!/bin/sh\nexec ${at("node")} "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(env: Record<string, string>) {
  const args = ["run", "--task", at("task.json"), "--csv", at("grades.csv"), "--reachable", "--quiet"];
  return lossd([...args, "--", "python3", at("right.mjs")], "", env);
}

test.each(["VIRTUAL_ENV", "CONDA_PREFIX"])("the environment of %s is where python3 comes from", async (name) => {
  const { code, stderr } = await run({ [name]: at("venv") });
  expect([code, stderr]).toEqual([0, ""]);
  expect(readFileSync(at("grades.csv"), "utf8")).toContain('"pass",3,3');
});

test.runIf(isRoot)("an environment that the program's user cannot reach is said to be so", async () => {
  chmodSync(at("venv"), 0o700);
  const { stderr } = await run({ VIRTUAL_ENV: at("venv") });
  chmodSync(at("venv"), 0o755);
  expect(stderr).toContain(`the program's user cannot reach the virtual environment ${at("venv")}: chmod a+rX`);
});
