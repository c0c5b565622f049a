// What `lossd init` writes, for each loss and each host.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, hosts, starterFiles } from "#lossd/cli/starter/files.js";
import { zipOf } from "#lossd/cli/starter/zip.js";
import { Engine } from "#lossd/engine/engine.js";
import { gradeSubmission, openTask } from "#lossd/grading/report/report.js";
import { findLoss, losses } from "#lossd/losses/registry.js";
import { lossd } from "./lossd.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "lossd-init-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const engine = Engine.load();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const cells = losses.flatMap((loss) => hosts.map((host) => [loss.name, host] as const));

/** Any two. */
const secrets = ["000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e10"];

function starter(name: string, host: Host, secret = secrets[0]!) {
  return new Map(starterFiles(findLoss(name)!, host, secret).map((file) => [file.path, file]));
}

describe.each(cells)("a starter of %s for %s", (name, host) => {
  const files = starter(name, host);
  const task = [...files.values()].find((file) => file.path.endsWith("task.json"));
  const full = host === "classroom50" ? 100 : 10;

  if (task)
    test("has a task whose right answers get full marks, on a visible and a hidden case", () => {
      const prepared = openTask(engine, JSON.parse(text(task.bytes)));
      expect(prepared.task.cases.map(({ visibility }) => visibility)).toEqual(["visible", "hidden"]);
      const claims = prepared.cases.map(({ sample: { id, right } }) => ({
        case: id,
        loss: right.loss,
        losses: [...right.losses],
        gradients: [...right.gradients],
      }));
      expect(gradeSubmission(prepared, { claims })).toMatchObject({ verdict: "pass", score: full, max_score: full });
    });

  test("leaves no placeholder, and tells the student nothing of the hidden case", () => {
    for (const file of files.values()) expect(text(file.bytes), file.path).not.toMatch(/\{\{|undefined/);
    for (const file of [...files.values()].filter(({ path: name }) => name.startsWith("student/"))) {
      expect(text(file.bytes), file.path).not.toMatch(/"secret"|"seed"|"hidden"|"generate"/);
    }
  });
});

describe.each(["cross_entropy", "binary_cross_entropy", "hinge", "kl_divergence"])(
  "a starter of a model, %s",
  (name) => {
    const files = starterFiles(findLoss(name)!, "gradescope", secrets[0]!, 4);
    const textOf = (file: string) => text(files.find((one) => one.path === file)!.bytes);
    const prepared = openTask(engine, JSON.parse(textOf("autograder/task.json")));

    test("asks for the gradients by weights and bias, and right ones get full marks", () => {
      const claims = prepared.cases.map(({ sample: { id, right } }) => ({
        case: id,
        loss: right.loss,
        losses: [...right.losses],
        gradients_weights: [...right.gradients_weights!],
        gradients_bias: [...right.gradients_bias!],
      }));
      expect(gradeSubmission(prepared, { claims })).toMatchObject({ verdict: "pass", score: 10, max_score: 10 });
    });

    test("shows a wrong regularisation, and the visible case has the model in place of logits", () => {
      expect(prepared.separability.untested.filter((id) => id.startsWith("regularisation"))).toEqual([]);
      const [visible] = (JSON.parse(textOf("student/visible.json")) as { cases: Record<string, unknown[]>[] }).cases;
      expect([visible!["inputs"]!.length, visible!["weights"]!.length, visible!["logits"]]).toEqual([7, 4, undefined]);
      expect(textOf("student/compute.py")).toContain("def compute(inputs, weights, bias, labels, l2=0.0, **options):");
    });
  },
);

test("the logits of an elementwise model are those of the batch without it, to a few decimals", () => {
  const task = { loss: "hinge", cases: [{ id: "a", generate: { seed: 3 } }] };
  const model = { loss: "hinge", cases: [{ id: "a", generate: { seed: 3, features: 5 } }] };
  const [plain, ofModel] = [task, model].map((one) => openTask(engine, one).cases[0]!.sample);
  expect(ofModel!.linear!.model.features).toBe(5);
  const drawn = (sample: typeof plain) => sample!.rows.map(({ z, y }) => [z[0]!, y]);
  for (const [i, [z, y]] of drawn(ofModel).entries()) {
    expect([Math.abs(z! - drawn(plain)[i]![0]!) < 1e-3, y]).toEqual([true, drawn(plain)[i]![1]]);
  }
});

test.each([
  ["more numbers than a case may have", { rows: 1000, columns: 2, features: 1000 }, "cross_entropy", "features"],
  ["columns of an elementwise loss", { columns: 2, features: 3 }, "mse", "rowwise losses"],
])("a model of %s is refused", (_what, generate, loss, words) => {
  const task = { loss, cases: [{ id: "a", generate: { seed: 1, ...generate } }] };
  expect(() => openTask(engine, task)).toThrow(words);
});

test("the same secret gives the same zip, which opens and keeps what is executable", () => {
  const files = [...starter("focal", "gradescope").values()];
  const zip = zipOf(files, "autograder");
  expect(Buffer.compare(zip, zipOf(files, "autograder"))).toBe(0);
  expect(Object.keys(unzipSync(zip))).toEqual(["setup.sh", "run_autograder", "task.json", "program.py"]);
  // The last place of a name is in the zip's directory, 46 bytes into its entry.
  const directory = Buffer.from(zip);
  const entry = directory.lastIndexOf("run_autograder") - 46;
  expect((directory.readUInt32LE(entry + 38) >>> 16) & 0o777).toBe(0o755);
});

test.each([
  ["cases", "pytest", "student/visible.json"],
  ["ids of the question", "prairielearn", "info.json"],
] as const)("other secrets give other %s", (_what, host, name) => {
  const seen = secrets.map((secret) => text(starter("mse", host, secret).get(name)!.bytes));
  expect(seen[0]).not.toBe(seen[1]);
});

test("a folder is written, with the next steps in three lines, and is not written over", async () => {
  const args = ["init", "--loss", "cross_entropy", "--for", "gradescope", path.join(folder, "new")];
  const { code, stdout, stderr } = await lossd(args);
  expect([code, stdout.trimEnd().split("\n").length], stderr).toEqual([0, 3]);
  expect(statSync(path.join(folder, "new/autograder/run_autograder")).mode & 0o777).toBe(0o755);
  const before = readFileSync(path.join(folder, "new/autograder/task.json"), "utf8");
  const again = await lossd(args);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("is not empty: it holds")]);
  expect(readFileSync(path.join(folder, "new/autograder/task.json"), "utf8")).toBe(before);
});

test("the task for pytest is the teacher's alone, and the rest everyone's", async () => {
  const made = path.join(folder, "pytest");
  expect((await lossd(["init", "--loss", "mse", "--for", "pytest", made])).code).toBe(0);
  const modes = ["", "student", "student/program.py", "teacher"].map(
    (name) => statSync(path.join(made, name)).mode & 0o777,
  );
  const open = (mode: number) => mode & ~process.umask();
  expect(modes).toEqual([open(0o777), open(0o777), open(0o644), 0o700]);
  expect(statSync(path.join(made, "teacher/task.json")).isFile()).toBe(true);
});

test.each([
  ["an unknown loss", ["--loss", "nothing", "--for", "pytest"], 'no loss called "nothing"'],
  ["an unknown host", ["--loss", "mse", "--for", "nowhere"], "gradescope, prairielearn, pytest"],
  ["a short secret", ["--loss", "mse", "--for", "pytest", "--secret", "0123456789abcdef"], "must be 32 hex digits"],
  ["a seed", ["--loss", "mse", "--for", "pytest", "--seed", "5"], "unknown option '--seed'"],
])("%s is refused before anything is written", async (_what, args, words) => {
  const { code, stderr } = await lossd(["init", ...args, path.join(folder, "none")]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  expect(() => statSync(path.join(folder, "none"))).toThrow();
});

test("a file in the folder's place is refused", async () => {
  const file = path.join(folder, "file");
  writeFileSync(file, "mine");
  const { code, stderr } = await lossd(["init", "--loss", "mse", "--for", "pytest", file]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("cannot be used")]);
  expect(readFileSync(file, "utf8")).toBe("mine");
});
