// A folder of submissions, each run by itself, and all graded by one command.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, lossd } from "./lossd.js";

let folder = "";
const at = (name: string) => path.join(folder, name);
const right = readFileSync("test/cli/students/right.mjs", "utf8");
/** Gradients that no mistake of the catalogue gives, told in other digits. */
const quarter = (digits: number) =>
  right.replace("console.log(", "console.log(told(").replace(/\)\);?\s*$/, ")));\n") +
  `function told(text) {
     const { claims } = JSON.parse(text);
     const change = (g) => Array.isArray(g) ? g.map(change) : Number((0.27 * g).toPrecision(${digits}));
     return JSON.stringify({ claims: claims.map((one) => ({ ...one, gradients: change(one.gradients) })) });
   }`;
const submissions: Readonly<Record<string, string>> = {
  ada: right,
  grace: quarter(17),
  kurt: quarter(6),
  "zz crash": "throw new Error('no');",
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "lossd-class-"));
  chmodSync(folder, 0o755);
  cpSync(process.execPath, at("node"));
  for (const [name, text] of Object.entries(submissions)) {
    mkdirSync(at(`class/${name}`), { recursive: true });
    writeFileSync(at(`class/${name}/compute.mjs`), text);
  }
  const cases = [
    {
      id: "a",
      logits: [
        [2, 1, 0.1],
        [0, 3, 1],
      ],
      labels: [1, 1],
    },
    { id: "b", visibility: "hidden", generate: { seed: 1 } },
  ];
  writeFileSync(at("task.json"), JSON.stringify({ loss: "cross_entropy", files: ["compute.mjs"], cases }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (options: readonly string[]): Promise<Ended> =>
  lossd(["run", "--task", at("task.json"), "--reachable", ...options, "--", at("node"), "compute.mjs"]);

test("each submission is a line of the gradebook, what crashed too, and what was the same is said", async () => {
  const { code, stdout, stderr } = await run(["--submissions", at("class"), "--csv", at("grades.csv")]);
  expect([code, stdout], stderr).toEqual([0, ""]);
  const rows = readFileSync(at("grades.csv"), "utf8").trimEnd().split("\r\n").slice(1);
  expect(rows.map((row) => row.split(",").slice(0, 3).join(","))).toEqual([
    '"ada","pass",3',
    '"grace","partial",2',
    '"kurt","partial",2',
    '"zz crash","fail",0',
  ]);
  for (const row of rows) expect(row).toContain("unprotected");
  expect(stderr).toContain("4 submissions: 1 pass, 2 partial, 1 fail");
  expect(stderr).toContain("2 submissions gave the same gradients, which is 0.27 × the right one: grace, kurt");
  expect(stderr).toContain("no claims of zz crash: the program ended with exit code 1");
  expect(rows[1]).toContain("2 submissions gave the same gradients");
});

test.each([
  ["an empty folder", () => ["--submissions", at("class/ada")], 3, "holds no folder"],
  ["a folder that is not there", () => ["--submissions", at("nobody")], 3, "cannot be read"],
  [
    "a report of one alone",
    () => ["--submissions", at("class"), "--gradescope", at("r.json")],
    2,
    "is for one submission",
  ],
] as const)("%s is refused", async (_what, options, code, words) => {
  const ended = await run(options());
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
});
