// What npm would publish, unpacked beside nothing but its production dependencies.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compute, losses, version } from "#lossd/index.js";

let folder: string;
const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8" });

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "lossd-package-"));
  const installed = path.join(folder, "node_modules/lossd");
  mkdirSync(installed, { recursive: true });
  // Its scripts would build, and take dist/ away from the tests beside this one.
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const file = execFileSync("npm", args, { encoding: "utf8" }).trim();
  run("tar", ["-xzf", file, "-C", installed, "--strip-components", "1"]);
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    const link = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.resolve("node_modules", name), link);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What stands in the README between two marks, without the fence. */
function fromReadme(name: string): string {
  const text = readFileSync("README.md", "utf8");
  const match = new RegExp(`<!-- ${name} -->\n\`\`\`\\w+\n(.*?)\`\`\`\n<!-- /${name} -->`, "s").exec(text);
  expect(match, `README.md has no ${name}`).not.toBeNull();
  return match![1]!;
}

function save(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return name;
}

test("the README's example prints what the README says", () => {
  const printed = run(process.execPath, [save("example.mjs", fromReadme("library"))]);
  expect(printed).toBe(fromReadme("printed"));
});

test("every example of every loss gives in the package what it gives here", () => {
  const script = `
    import { compute, losses, version } from "lossd";
    const answers = losses.flatMap(({ name, examples }) => examples.map(({ request }) => compute(name, request)));
    console.log(JSON.stringify({ version, answers }));`;
  const { answers, ...rest } = JSON.parse(run(process.execPath, [save("all.mjs", script)])) as { answers: unknown[] };
  const ours = losses.flatMap(({ name, examples }) => examples.map(({ request }) => compute(name, request as never)));
  expect(answers).toEqual(JSON.parse(JSON.stringify(ours)));
  expect(rest).toEqual({ version });
});

test("the command and the module are in it", () => {
  expect(run(process.execPath, ["node_modules/lossd/dist/main.js", "--version"])).toBe(`${version}\n`);
  const script = `
    import { readFileSync } from "node:fs";
    const bytes = readFileSync(new URL(import.meta.resolve("lossd/engine.wasm")));
    console.log(WebAssembly.Module.imports(new WebAssembly.Module(bytes)).length);`;
  expect(run(process.execPath, [save("module.mjs", script)])).toBe("0\n");
});

test("what is private cannot be imported", () => {
  const script = `await import("lossd/dist/service/formats.js").catch(({ code }) => console.log(code));`;
  expect(run(process.execPath, [save("private.mjs", script)])).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED\n");
});

const typed = `
import { compute, type LossName, type LossResult, Problem } from "lossd";

const doubles: LossResult<Float64Array> = compute("focal", { logits: [1, -1], labels: [1, 0], gamma: 2, alpha: 0.25 });
const floats: LossResult<Float32Array> = compute("mse", { logits: Float32Array.of(1), labels: Float64Array.of(2) });
const shaped: Float32Array | undefined = compute("cce" as string, {
  logits: { shape: [1, 2], data: Float32Array.of(1, 2) },
  labels: [[0.5, 0.5]],
  outputs: ["decomposition"],
}).decomposition?.entropy.data as Float32Array | undefined;
const name: LossName = "hinge";
compute(name, { logits: 3, labels: new BigInt64Array(1), label_encoding: "binary", reduction: "none" });
compute("cross_entropy", { logits: [Float64Array.of(1, 2)], labels: [0], class_weights: [1, 2], mean_over: "weights" });
compute("binary_cross_entropy", { probabilities: [0.5], labels: [1], mask: [true] });
const status: number = new Problem("invalid_request", "no").status;

// What a reply holds follows from what was asked for.
const mean: number = compute("mse", { logits: [1], labels: [1] }).loss;
const rows: Float64Array = compute("mse", { logits: [1], labels: [1], reduction: "none" }).losses.data;
const entropy: number = compute("cross_entropy", {
  logits: [[1, 2]],
  labels: [0],
  outputs: ["decomposition", "gradients"],
  reduction: "sum",
}).decomposition.mean.entropy;
const some: ("losses" | "gradients")[] = ["losses"];
const perhaps: Float64Array | undefined = compute("mse", { logits: [1], labels: [1], outputs: some }).losses?.data;
// @ts-expect-error: no loss without a reduction
compute("mse", { logits: [1], labels: [1], reduction: "none" }).loss;
// @ts-expect-error: a sum has no denominator
compute("mse", { logits: [1], labels: [1], reduction: "sum" }).denominator;
// @ts-expect-error: not asked for
compute("mse", { logits: [1], labels: [1], outputs: ["losses"] }).gradients;
// @ts-expect-error: of outputs that are known at run time only, each may be absent
compute("mse", { logits: [1], labels: [1], outputs: some }).losses.data;
// @ts-expect-error: no such output
compute("mse", { logits: [1], labels: [1], outputs: ["loss"] });

// @ts-expect-error: no such loss
compute("l2", { logits: [1], labels: [1] });
// @ts-expect-error: a misspelt option
compute("focal", { logits: [1], labels: [1], gama: 2 });
// @ts-expect-error: an option of another loss
compute("mse", { logits: [1], labels: [1], gamma: 2 });
// @ts-expect-error: a text for a number
compute("focal", { logits: [1], labels: [1], gamma: "2" });
// @ts-expect-error: no such reduction
compute("mse", { logits: [1], labels: [1], reduction: "average" });
// @ts-expect-error: neither logits nor probabilities
compute("mse", { labels: [1] });
// @ts-expect-error: no labels
compute("mse", { logits: [1] });
export { doubles, entropy, floats, mean, perhaps, rows, shaped, status };
`;

// What Node calls console needs no types of Node here.
const readme = `declare const console: { log(...words: unknown[]): void };\n${fromReadme("library")}`;

test("its types take what is right, and refuse what is wrong", () => {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("typescript/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { tsc: string } };
  const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "false"];
  const tsc = path.join(path.dirname(manifest), bin.tsc);
  let complaints = "";
  try {
    run(process.execPath, [tsc, ...options, save("typed.mts", typed), save("readme.mts", readme)]);
  } catch (error) {
    complaints = (error as { stdout: string }).stdout;
  }
  expect(complaints).toBe("");
});
