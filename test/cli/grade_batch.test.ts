// A batch of submissions on the command line: the service's bytes, files for all, and words for people.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportFormats, reportNames } from "#lossd/grading/report/formats.js";
import { batchOf } from "../../bench/grading/submissions.mjs";
import { LinesClient } from "../harness/lines_client.js";
import { startService } from "../harness/service.js";
import { lossd } from "./lossd.js";

const { task, lines } = batchOf({ submissions: 120, rows: 32, columns: 10 });
let folder = "";
const at = (name: string) => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "lossd-batch-"));
  writeFileSync(at("task.json"), JSON.stringify(task, undefined, 2));
  writeFileSync(at("submissions.ndjson"), lines.join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fromService(): Promise<string> {
  const service = await startService();
  const client = new LinesClient(service, "", { path: "/v1/grade/batch" });
  void client.end([JSON.stringify({ task }), ...lines].join("\n"));
  const texts: string[] = [];
  for (let text = await client.text(); text !== undefined; text = await client.text()) texts.push(`${text}\n`);
  await service.stop();
  return texts.join("");
}

test.each(["1", "4"])("with %s workers the reports are the service's, to the byte", async (workers) => {
  // The blank line is where the service has the task.
  const ended = await lossd(["grade", at("task.json"), "--batch", "-"], `\n${lines.join("\n")}`, { WORKERS: workers });
  expect([ended.code, ended.stdout === (await fromService())]).toEqual([0, true]);
});

test("every fourth submission of 120 has each mistake, and the summary counts them", async () => {
  const { stdout, stderr, code } = await lossd(["grade", at("task.json"), "--batch", at("submissions.ndjson")]);
  expect(JSON.parse(stdout.trimEnd().split("\n").at(-1)!)).toMatchObject({
    done: true,
    lines: 120,
    failed: 0,
    verdicts: { pass: 30, partial: 90, fail: 0, format_error: 0 },
    mistakes: { "grad-missing-1-over-n": 30, "grad-sign-flipped": 30 },
    unexplained: 30,
    clusters: [{ submissions: 30, outputs: ["gradients"] }],
  });
  expect([code, stderr]).toEqual([0, expect.stringContaining("120 submissions: 30 pass, 90 partial")]);
  expect(stderr).toMatch(/grad-sign-flipped +30 +█+/);
  expect(stderr).toContain(
    "30 submissions gave the same gradients, which is like no known formula (case base: 1 of 32",
  );
  expect(stderr).toContain("lines 4, 8, 12, 16, 20 …");
});

test("CSV and JUnit hold every report, and nothing is printed if that is not wanted", async () => {
  const files = ["--csv", at("grades.csv"), "--junit", at("grades.xml")];
  const ended = await lossd(["grade", at("task.json"), "--batch", at("submissions.ndjson"), "--quiet", ...files]);
  expect([ended.code, ended.stdout]).toEqual([0, ""]);
  const rows = readFileSync(at("grades.csv"), "utf8").trimEnd().split("\r\n");
  expect(rows.slice(1).map((row) => row.split(",")[0])).toEqual(lines.map((_, i) => `"s-${i}"`));
  expect(rows[0]).toBe("submission,verdict,score,max_score,status,mistakes,cluster");
  const clustered = rows.slice(1).map((row) => row.includes('"1: 30 submissions gave the same gradients'));
  expect(clustered).toEqual(lines.map((_, i) => i % 4 === 3));
  const junit = readFileSync(at("grades.xml"), "utf8");
  for (const i of lines.keys()) expect(junit).toContain(`s-${i}`);
});

test.each<readonly [string, readonly string[], string, number, string]>([
  ["a line that is no JSON", ["--batch", "-"], `x\n${lines[0]}`, 3, "1 of 2 lines could not be graded"],
  ["neither a submission nor a batch", [], "", 2, "either a submission or a --batch"],
  ...[...reportNames.filter((name) => !reportFormats[name].ofMany), "fail-under"].map(
    (name) => [`--${name}`, ["--batch", "-", `--${name}`, "1"], "", 2, `--${name} is for one submission`] as const,
  ),
  ["a file that is not there", ["--batch", "nothing.ndjson"], "", 3, "cannot be read"],
])("%s ends with its exit code and words on stderr", async (_what, args, input, code, words) => {
  const ended = await lossd(["grade", at("task.json"), ...args], input, { WORKERS: "1" });
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
});
