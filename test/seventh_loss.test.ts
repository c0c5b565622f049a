// Adding a loss is adding a folder: a throw-away loss is put into a copy of the sources, built and asked.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const definition = `
import { Type } from "typebox";
import { defineLoss } from "../loss.ts";

export default defineLoss({
  kind: "elementwise",
  family: "distance",
  aliases: ["throw_away_alias"],
  summary: "Weighted absolute error, for a test.",
  notes: [],
  formula: { text: "k|z − y|", latex: "k|z-y|" },
  gradient: { text: "k·sign(z − y)", latex: "k\\\\,\\\\operatorname{sign}(z-y)" },
  activation: "identity",
  labels: "real",
  infiniteLogits: false,
  supports: { probabilities: false, accuracy: false, decomposition: false },
  options: Type.Object({ k: Type.Number({ default: 2, minimum: 0, description: "A factor." }) }),
  parameters: ["k"],
  source: "A test.",
  examples: [{ summary: "One", request: { logits: [3], labels: [1] } }],
});
`;

const kernel = `
import { elementwise } from "../../kernels/loops/elementwise";

class Absolute {
  // @ts-ignore: decorator
  @inline
  element(z: f64, y: f64, parameters: usize, loss: usize, gradient: usize): void {
    const k = load<f64>(parameters), d = z - y;
    store<f64>(loss, k * Math.abs(d));
    store<f64>(gradient, d == 0.0 ? 0.0 : d < 0.0 ? -k : k);
  }
}

export function throw_away(batch: usize, from: usize, to: usize): void {
  elementwise<Absolute>(batch, from, to);
}
`;

let root: string;
const node = (args: string[], input = "") =>
  execFileSync(process.execPath, args, { cwd: root, input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });

function addFolder(name: string, files: Record<string, string>): void {
  const folder = path.join(root, "src/losses", name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
}

beforeAll(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "lossd-seventh-"));
  for (const entry of ["src", "build", "package.json", "tsconfig.json"])
    cpSync(entry, path.join(root, entry), { recursive: true });
  symlinkSync(path.resolve("node_modules"), path.join(root, "node_modules"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a seventh loss", () => {
  test("is one new folder: built, listed, documented and computed without another edit", () => {
    addFolder("throw_away", { "definition.ts": definition, "kernel.ts": kernel });
    node(["build/build.mjs"]);
    const reply = JSON.parse(node(["dist/main.js", "compute", "throw_away"], '{"logits":[3,1],"labels":[1,1],"k":5}'));
    expect(reply).toMatchObject({ loss: 5, losses: [10, 0], gradients: [2.5, 0] });
    expect(node(["dist/main.js", "compute", "throw_away_alias"], '{"logits":3,"labels":1}')).toContain('"loss":4,');
    expect(node(["dist/main.js", "losses"])).toContain("throw_away");
  }, 120_000);

  test("is graded without another edit, and one that is removed is named by no mistake", () => {
    addFolder("throw_away", { "definition.ts": definition, "kernel.ts": kernel });
    rmSync(path.join(root, "src/losses/log_cosh"), { recursive: true });
    node(["build/build.mjs"]);
    const claim = '{"logits":[3,1,0,2],"labels":[1,2,1,-1],"claim":{"loss":3.5,"gradients":[-0.5,0.5,0.5,-0.5]}}';
    const { stdout } = spawnSync(process.execPath, ["dist/main.js", "check", "throw_away"], {
      cwd: root,
      input: claim,
    });
    expect(JSON.parse(stdout.toString()).diagnosis).toMatchObject({
      status: "likely",
      candidates: [{ id: "grad-sign-flipped" }],
    });
    const lists = node(["dist/main.js", "explain"]);
    expect([lists.includes("throw_away"), lists.includes("log_cosh")]).toEqual([true, false]);
  }, 120_000);

  test("that is malformed stops the build, by name", () => {
    addFolder("half_a_loss", { "definition.ts": definition });
    expect(() => node(["build/build.mjs"])).toThrow('loss "half_a_loss" has no kernel.ts');
    writeFileSync(path.join(root, "src/losses/half_a_loss/kernel.ts"), kernel.replaceAll("throw_away", "another_name"));
    expect(() => node(["build/build.mjs"])).toThrow(
      'loss "half_a_loss": kernel.ts must export a function "half_a_loss"',
    );
  }, 120_000);
});
