// Programs of students, and attacks on their grader.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reachableBy } from "#lossd/cli/student/reach.js";
import { lossd } from "./lossd.js";

const isRoot = process.getuid?.() === 0;

/** What a student may read, and what only the grader may. */
let open = "";
let closed = "";
const results = () => path.join(closed, "results.json");

beforeAll(() => {
  open = mkdtempSync(path.join(tmpdir(), "lossd-student-"));
  closed = mkdtempSync(path.join(tmpdir(), "lossd-grader-"));
  chmodSync(open, 0o755);
  chmodSync(closed, 0o700);
  // As in a grader's image: node where everybody finds it, and lossd where only the grader does.
  cpSync(process.execPath, path.join(open, "node"));
  cpSync("test/cli/students/right.mjs", path.join(open, "right.mjs"));
  writeFileSync(path.join(closed, "task.json"), JSON.stringify(task));
});
afterAll(() => {
  for (const folder of [open, closed]) rmSync(folder, { recursive: true, force: true });
});

const task = {
  loss: "cross_entropy",
  cases: [
    {
      id: "base",
      logits: [
        [2, 1, 0.1],
        [0, 3, 1],
      ],
      labels: [1, 1],
    },
    { id: "hidden", generate: { seed: 3 }, visibility: "hidden" },
  ],
};

/** Runs `lossd run` on a program in the student's folder. */
function run(program: readonly string[], options: readonly string[] = []) {
  // The repository may be readable by everybody: what is tested here is what the program can do, not where this lies.
  const args = ["run", "--task", path.join(closed, "task.json"), "--gradescope", results(), "--reachable", "--quiet"];
  return lossd([...args, ...options, "--", ...program]);
}

const node = () => path.join(open, "node");
const scoreOf = () => JSON.parse(readFileSync(results(), "utf8")) as { score: number; output: string };

/** Puts a program into the student's folder. */
function program(name: string, text: string): string {
  const file = path.join(open, name);
  writeFileSync(file, text);
  return file;
}

test("a right program gets full marks", async () => {
  const { code, stderr } = await run([node(), path.join(open, "right.mjs")]);
  expect(code, stderr).toBe(0);
  expect(scoreOf().score).toBe(3);
});

test.each([
  [
    "ends with an error",
    "console.error('secret'); process.exit(3)",
    [],
    3,
    "secret",
    "the program ended with exit code 3",
  ],
  [
    "prints no JSON",
    "console.log('hello')",
    [],
    3,
    "expected",
    "what the program printed is no JSON of claims for its cases",
  ],
  [
    "prints no claims",
    "console.log('{}')",
    [],
    3,
    "claims",
    "what the program printed is no JSON of claims for its cases",
  ],
  [
    "never ends",
    "setInterval(() => {}, 1000)",
    ["--timeout", "0.5"],
    5,
    "0.5 s",
    "the program did not end within 0.5 s",
  ],
])("a program that %s is not graded, and the file says why", async (_name, text, options, exitCode, words, told) => {
  const { code, stderr } = await run([node(), program("bad.mjs", text)], options);
  expect(code, stderr).toBe(exitCode);
  expect(stderr).toContain(words);
  expect(scoreOf()).toMatchObject({ score: 0, output: `Nothing was graded: ${told}. This run was unprotected.` });
});

test("a program that prints without end is ended", async () => {
  const { code, stderr } = await run(["yes"], ["--output", "1"]);
  expect([code, stderr.includes("1048576 bytes")], stderr).toEqual([5, true]);
});

test("what takes longer to read than the grading may take is not graded, and the file says why", async () => {
  const long = program("long.mjs", `process.stdout.write('{"claims":[NaN,' + '"",'.repeat(15e6) + "1]}")`);
  const { code } = await run([node(), long], ["--output", "60", "--grading-timeout", "0.01"]);
  // The system has ended it.
  expect(code).toBeNull();
  expect(scoreOf()).toMatchObject({
    score: 0,
    output: "Nothing was graded: the grading took too long. This run was unprotected.",
  });
});

test("a program that takes more memory than it may is ended", async () => {
  const greedy = program("greedy.sh", "head -c 300000000 /dev/zero | tail -c 300000000 > /dev/null\n");
  const { code, stderr } = await run(["bash", "-o", "pipefail", greedy], ["--memory", "100"]);
  expect(code, stderr).toBe(3);
});

test("a program sees neither the environment of the grader nor the seed of a hidden case", async () => {
  const nosy = program(
    "nosy.mjs",
    "import { readFileSync } from 'node:fs'; console.error(JSON.stringify(process.env), readFileSync(0, 'utf8')); process.exit(1);",
  );
  const { stderr } = await lossd(
    ["run", "--task", path.join(closed, "task.json"), "--reachable", "--", node(), nosy],
    "",
    { LOSSD_SECRET: "do not tell" },
  );
  expect(stderr).toContain('"cases"');
  expect(stderr).not.toMatch(/do not tell|seed|visibility|hidden-/);
});

describe("an attack", () => {
  test("that writes the results file, also after the program's end, changes nothing", async () => {
    // The folder of the results is the student's here: the worst that a host can do.
    const shared = path.join(open, "shared");
    mkdirSync(shared, { recursive: true });
    chmodSync(shared, 0o777);
    const file = path.join(shared, "results.json");
    const forged = JSON.stringify({ score: 100 });
    const attack = program(
      "forge.mjs",
      `import { spawn } from "node:child_process";
       import { writeFileSync } from "node:fs";
       const forge = () => { try { writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(forged)}); } catch {} };
       if (process.argv[2] === "later") setInterval(forge, 5);
       else {
         forge();
         // A process in a session of its own outlives the program's group.
         spawn("setsid", [process.execPath, process.argv[1], "later"], { stdio: "ignore", detached: true }).unref();
         console.log('{"claims":[]}');
       }`,
    );
    const args = ["run", "--task", path.join(closed, "task.json"), "--gradescope", file, "--reachable", "--quiet"];
    const { code, stderr } = await lossd([...args, "--", node(), attack]);
    expect(code, stderr).toBe(0);
    const { score } = JSON.parse(readFileSync(file, "utf8")) as { score: number };
    expect(score).toBe(0);
    if (isRoot) {
      // With a user of its own nothing of it is left to write again.
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ score: 0 });
    }
  });

  test("that asks lossd for the answers finds no lossd, where it has a user of its own", async () => {
    const grader = path.join(closed, "lossd");
    mkdirSync(grader, { recursive: true });
    const main = path.join(grader, "main.js");
    writeFileSync(main, `console.log('{"claims":[]}')`);
    const attack = program(
      "ask.mjs",
      `import { spawnSync } from "node:child_process";
       const { stdout, stderr } = spawnSync(process.execPath, [${JSON.stringify(main)}, "compute"], { encoding: "utf8" });
       console.error(stdout, stderr);
       process.exit(stdout.includes("claims") ? 0 : 7);`,
    );
    const { stderr } = await run([node(), attack]);
    if (isRoot) expect(stderr).toContain("exit code 7");
    else expect(scoreOf().output).toContain("This run was unprotected.");
  });

  // Only another user's reach can be told from the grader's own: without root lossd and the task are covered instead.
  test.runIf(isRoot).each([
    ["a task that can be read", "task.json", 0o644, (file: string) => ["--task", file]],
    [
      "a folder of reports that can be written to",
      "reports",
      0o777,
      (file: string) => ["--csv", path.join(file, "r.csv")],
    ],
    [
      "a folder of reports that only its own files leave",
      "sticky",
      0o1777,
      (file: string) => ["--csv", path.join(file, "r.csv")],
    ],
  ])("on %s is refused before it can start", async (_what, name, mode, options) => {
    const place = path.join(open, name);
    if (name.endsWith(".json")) writeFileSync(place, JSON.stringify(task));
    else mkdirSync(place);
    chmodSync(place, mode);
    const args = ["run", "--task", path.join(closed, "task.json"), ...options(place)];
    const { code, stderr } = await lossd([...args, "--", node(), path.join(open, "right.mjs")]);
    expect([code, stderr.includes(`can reach`) && stderr.includes(place)], stderr).toEqual([2, true]);
  });

  test.runIf(isRoot)("on a lossd that can only be executed is refused before it can start", () => {
    const place = path.join(open, "lossd");
    writeFileSync(place, "");
    chmodSync(place, 0o711);
    const kept = { task: path.join(closed, "task.json"), lossd: place, reports: [] };
    const user = { uid: 400_000_001, gid: 400_000_001 };
    expect(reachableBy(user, kept)).toEqual([place]);
    chmodSync(place, 0o700);
    expect(reachableBy(user, kept)).toEqual([]);
  });

  test.runIf(isRoot)("on a lossd that PATH leads to, or on one module of its code, is refused as well", () => {
    const bin = path.join(open, "bin");
    mkdirSync(bin);
    writeFileSync(path.join(bin, "lossd"), "#!/bin/sh\n");
    const kept = { task: path.join(closed, "task.json"), lossd: path.join(closed, "lossd"), reports: [] };
    const user = { uid: 400_000_001, gid: 400_000_001 };
    const searchPath = `${bin}:${process.env["PATH"]}`;
    expect(reachableBy(user, kept, searchPath)).toEqual([]);
    chmodSync(path.join(bin, "lossd"), 0o711);
    expect(reachableBy(user, kept, searchPath)).toEqual([path.join(bin, "lossd")]);
    expect(reachableBy(user, { ...kept, lossd: bin })).toEqual([bin]);
  });
});
