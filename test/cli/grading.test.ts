import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ReportName, reportFormats, reportNames } from "#lossd/grading/report/formats.js";
import { lossd } from "./lossd.js";

let folder = "";
const at = (name: string) => path.join(folder, name);
const write = (name: string, value: unknown) => {
  writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value));
  return at(name);
};

const batch = {
  logits: [
    [2, 1, 0.1],
    [0.5, 2, 1],
  ],
  labels: [1, 0],
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "lossd-grading-"));
  write("task.json", { loss: "cce", cases: [{ id: "a", ...batch }], parts: [{ output: "loss", points: 4 }] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lossOf(): Promise<number> {
  const { stdout } = await lossd(["compute", "cce"], JSON.stringify(batch));
  return (JSON.parse(stdout) as { loss: number }).loss;
}

test.each([
  ["a right submission", (loss: number) => JSON.stringify({ claims: [{ case: "a", loss }] }), ["--fail-under", "4"], 0],
  ["a wrong one without a gate", () => '{"claims":[{"case":"a","loss":1}]}', [], 0],
  ["a wrong one below the gate", () => '{"claims":[{"case":"a","loss":1}]}', ["--fail-under", "4"], 1],
  ["a bare NaN, as Python prints it", () => '{"claims":[{"case":"a","loss":NaN}]}', ["--fail-under", "1"], 1],
  ["a wrong form", () => '{"claims":[{"case":"a","loss":"x"}]}', [], 3],
  ["no JSON", () => "claims", [], 3],
  ["a repeated key", () => '{"claims":[],"claims":[]}', [], 3],
  [
    "a wrong form, for a host that reads the file only",
    () => '{"claims":[{"case":"a","loss":"x"}]}',
    ["--always-zero"],
    0,
  ],
] as const)("%s gives its exit code", async (_name, text, options, exitCode) => {
  const { code, stderr } = await lossd(["grade", at("task.json"), "-", ...options], text(await lossOf()));
  expect(code, stderr).toBe(exitCode);
});

test("a task that is not allowed is a usage error that names the place", async () => {
  write("bad.json", { loss: "cce", cases: [{ id: "a", logits: [[1, 2]], labels: [5] }] });
  const { code, stderr } = await lossd(["grade", at("bad.json"), "-"], "{}");
  expect([code, stderr.includes("/task/cases/0/labels/0")]).toEqual([2, true]);
});

test("every report is written, and one that cannot be finished says so", async () => {
  const options = reportNames.flatMap((name) => [`--${name}`, at(`reports/${name}`)]);
  const written = (name: ReportName) => readFileSync(at(`reports/${name}`), "utf8");
  const unfinished = (name: ReportName) => reportFormats[name].provisional("The grader did not finish.");
  await lossd(["grade", at("task.json"), "-", ...options], "nonsense");
  for (const name of reportNames) expect(written(name)).toBe(unfinished(name));
  await lossd(["grade", at("task.json"), "-", ...options], '{"claims":[{"case":"a","loss":1}]}');
  for (const name of reportNames) expect(written(name)).not.toBe(unfinished(name));
});

test("grade and run offer every report format", async () => {
  for (const command of ["grade", "run"]) {
    const { stdout } = await lossd([command, "--help"]);
    for (const name of reportNames) expect(stdout).toContain(`--${name} <file>`);
  }
});

test("a check says by its exit code whether the claim is right", async () => {
  const check = async (claim: object) => (await lossd(["check", "cce"], JSON.stringify({ ...batch, claim }))).code;
  expect([await check({ loss: await lossOf() }), await check({ loss: 1 }), await check({})]).toEqual([0, 1, 2]);
});

test("cases for students hold no hidden one and no seed", async () => {
  write("hidden.json", {
    loss: "cce",
    cases: [
      { id: "a", generate: { seed: 1 } },
      { id: "b", generate: { seed: 2 }, visibility: "hidden" },
    ],
  });
  const { stdout } = await lossd(["cases", at("hidden.json"), "--visible"]);
  const { cases } = JSON.parse(stdout) as { cases: { id: string; logits: unknown }[] };
  expect(cases.map(({ id }) => id)).toEqual(["a"]);
  expect(stdout).not.toContain("seed");
});

test.each([
  [
    { loss: 0.4, accuracy: 0.9 },
    [
      { metric: "loss", max: 0.5 },
      { metric: "accuracy", min: 0.9 },
    ],
    0,
  ],
  [{ loss: 0.6 }, [{ metric: "loss", max: 0.5 }], 1],
  [{ loss: 0.6 }, [{ metric: "loss", max: 0.5, level: "warn" }], 0],
  [{}, [{ metric: "loss", max: 0.5 }], 1],
  [{ loss: "NaN" }, [{ metric: "loss", max: 0.5 }], 1],
  [{ loss: null }, [{ metric: "loss", max: 0.5 }], 1],
  [{ loss: "Infinity" }, [{ metric: "loss", min: 0 }], 0],
  [{ loss: 0.4 }, [{ metric: "loss" }], 2],
  [{ loss: 0.4 }, [], 2],
  [{ loss: 0.4 }, [{ metric: "loss", max: 0.5, mx: 1 }], 2],
])("metrics %j at gates %j give their exit code", async (metrics, gates, exitCode) => {
  const { code, stderr } = await lossd(
    ["gate", "-", "--thresholds", write("gates.json", gates)],
    JSON.stringify(metrics),
  );
  expect(code, stderr).toBe(exitCode);
});

test("a gate that is missed by a bare NaN fails closed", async () => {
  const gates = write("gates.json", [{ metric: "loss", max: 1 }]);
  expect((await lossd(["gate", "-", "--thresholds", gates], '{"loss":NaN}')).code).toBe(1);
});

test.each([
  ["whose rows are all ignored", { ...batch, labels: [-100, -100] }],
  ["without a row", { logits: [], labels: [] }],
])("a batch %s has no metrics, so that no gate is met", async (_what, given) => {
  const gates = write("gates.json", [
    { metric: "loss", max: 1 },
    { metric: "expected_calibration_error", max: 1 },
  ]);
  const { code, stdout } = await lossd(["gate", "-", "--loss", "cce", "--thresholds", gates], JSON.stringify(given));
  expect([code, stdout.match(/is missing/g)?.length]).toEqual([1, 2]);
});

test("words on stderr hold nothing that a submission tells a terminal", async () => {
  const claims = JSON.stringify({ claims: [{ case: "a", "\u001b[31mred": 1 }] });
  const { code, stderr } = await lossd(["grade", at("task.json"), "-"], claims);
  expect([code, stderr.includes("red is no field"), stderr.includes("\u001b")]).toEqual([3, true, false]);
});

test.each([
  ["a folder of submissions", ["grade", "task.json", "--batch", "."], 3, "is a folder"],
  ["a report below a file", ["grade", "task.json", "-", "--junit", "task.json/report.xml"], 4, "cannot be made"],
])("%s is refused in words", async (_what, args, exitCode, words) => {
  const named = args.map((arg) => (/^(task\.json.*|\.)$/.test(arg) ? at(arg) : arg));
  const { code, stderr } = await lossd(named, "{}");
  expect([code, stderr]).toEqual([exitCode, expect.stringContaining(words)]);
  expect(stderr.trimEnd().split("\n").length).toBe(1);
});

test("metrics of a batch are computed where a loss is named", async () => {
  const gates = write("gates.json", [{ metric: "accuracy", min: 0 }]);
  const { stdout } = await lossd(
    ["gate", "-", "--loss", "cce", "--thresholds", gates, "--json"],
    JSON.stringify(batch),
  );
  const { metrics } = JSON.parse(stdout) as { metrics: Record<string, number> };
  const loss = await lossOf();
  expect(metrics["loss"]).toBe(loss);
  expect(metrics["perplexity"]).toBeCloseTo(Math.exp(loss), 12);
  expect(metrics["bits"]).toBeCloseTo(loss / Math.LN2, 12);
  expect(metrics["accuracy"]).toBe(0);
  // Both rows are wrong: the error is the mean confidence of what was predicted.
  const confidence = batch.logits.map((z) =>
    Math.max(...z.map((a) => Math.exp(a) / z.reduce((sum, b) => sum + Math.exp(b), 0))),
  );
  expect(metrics["expected_calibration_error"]).toBeCloseTo((confidence[0]! + confidence[1]!) / 2, 12);
});

test("a mistake is explained by its id", async () => {
  const { code, stdout } = await lossd(["explain", "grad-sign-flipped"]);
  expect([code, stdout.includes("uphill")]).toEqual([0, true]);
  expect((await lossd(["explain", "nothing"])).code).toBe(2);
});
