import { expect, test } from "vitest";
import { progressLine, showProgress } from "#lossd/cli/progress.js";
import { LinesClient } from "../harness/lines_client.js";
import { startService } from "../harness/service.js";
import { lossd } from "./lossd.js";

const line = (logit: number) => JSON.stringify({ id: `x${logit}`, logits: [logit], labels: [0] });
const summary = (lines: number, failed: number, sum: number) =>
  `{"done":true,"lines":${lines},"failed":${failed},"loss_sum":${sum},"weight_sum":${lines - failed},"valid_count":${lines - failed}}\n`;

test("lines are answered as the service answers them, to the byte", async () => {
  const text = [...Array.from({ length: 1000 }, (_, i) => line(i)), "", '{"logits":[1],"labels":["x"]}', "x"].join(
    "\r\n",
  );
  const service = await startService();
  const client = new LinesClient(service);
  void client.end(text);
  const answers: string[] = [];
  for (let answer = await client.text(); answer !== undefined; answer = await client.text())
    answers.push(`${answer}\n`);
  await service.stop();
  const ended = await lossd(["compute", "mse"], text);
  expect(ended.stdout).toBe(answers.join(""));
  expect([ended.code, ended.stderr]).toEqual([2, "2 of 1002 lines failed: each has its problem on stdout\n"]);
});

test.each([
  ["two objects on two lines", `${line(1)}\n${line(2)}\n`, true],
  ["two objects with blank lines around", `\n ${line(1)} \r\n\r\n ${line(2)}`, true],
  ["one object on a line", `${line(1).replace('"id":"x1",', "")}\n`, false],
  ["one object on several lines", '{"logits":\n[1],\n"labels":[0]\n}\n', false],
])("%s are taken for what they are", async (_what, text, areLines) => {
  const { code, stdout } = await lossd(["compute", "mse"], text);
  expect([code, stdout.includes('"done":true')]).toEqual([0, areLines]);
});

test("--ndjson takes a single line for one, and --summary-only leaves out all but the last line", async () => {
  expect((await lossd(["compute", "mse", "--ndjson"], line(3))).stdout).toMatch(
    /^\{"line":1,"id":"x3",.*\n\{"done":true/,
  );
  const ended = await lossd(["compute", "mse", "--summary-only"], `${line(3)}\n${line(4)}`);
  expect(ended).toEqual({ code: 0, stdout: summary(2, 0, 25), stderr: "" });
});

test.each([
  ["an unknown loss", ["l2", "--ndjson"], line(1), 2, "", "binary_cross_entropy"],
  [
    "a line that is too long",
    ["mse"],
    `${line(1)}\n${line(2)}${" ".repeat(2000)}\n`,
    2,
    summary(2, 1, 1),
    "1 of 2 lines failed",
  ],
  [
    "a line without an end",
    ["mse", "--ndjson"],
    " ".repeat(2 ** 20),
    5,
    '"code":"body_too_large"}\n',
    "BODY_BYTES_MAX = 1024",
  ],
])("%s ends with its exit code and words on stderr", async (_what, args, input, code, end, words) => {
  const ended = await lossd(["compute", ...args], input, { BODY_BYTES_MAX: "1024", WORKERS: "1" });
  expect(ended.code).toBe(code);
  expect(ended.stdout.endsWith(end)).toBe(true);
  expect(ended.stderr).toContain(words);
});

test.each([
  [0, 200, "░░░░░░░░░░░░░░░░░░░░░░░░ 0 %  3 lines, 1 failed"],
  [101, 200, "████████████░░░░░░░░░░░░ 50 %  3 lines, 1 failed"],
  [200, 200, "████████████████████████ 100 %  3 lines, 1 failed"],
  [201, 200, "████████████████████████ 100 %  3 lines, 1 failed"],
  [5, undefined, "3 lines, 1 failed"],
])("progress after %d bytes of %s is %j", (bytes, bytesInAll, shown) => {
  expect(progressLine({ bytes, lines: 3, failed: 1 }, bytesInAll)).toBe(shown);
});

test("progress ends with the last state, on a line of its own", () => {
  const written: string[] = [];
  const progress = { bytes: 0, lines: 0, failed: 0 };
  const end = showProgress({ write: (text) => written.push(String(text)) > 0 }, () => progress, undefined);
  progress.lines = 7;
  end();
  expect(written.at(-1)).toBe("\r\x1b[K7 lines\n");
});
