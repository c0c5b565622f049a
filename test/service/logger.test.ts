import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pino from "pino";
import { expect, test } from "vitest";
import { createLog, lineWriter } from "#lossd/service/logger.js";

test.runIf(existsSync("/dev/full"))("a full disk costs lines, and neither a fault nor an endless wait", async () => {
  const { logger, flush } = createLog("info", openSync("/dev/full", "w"));
  for (let count = 0; count < 1000; count++) logger.info({ count }, "a line");
  await flush(50);
  logger.info("one more");
  await expect(flush(50)).resolves.toBeUndefined();
});

test("what was logged is written when flush resolves", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lossd-log-"));
  const file = join(folder, "log");
  const { logger, flush } = createLog("info", openSync(file, "w"));
  for (let count = 0; count < 1000; count++) logger.info({ count }, "a line");
  await flush(10_000);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  rmSync(folder, { recursive: true });
  expect(lines.map((line) => JSON.parse(line).count)).toEqual(Array.from({ length: 1000 }, (_, count) => count));
});

test.each([
  ["a logger without names", { base: null, timestamp: (): string => ',"time":"now"' }],
  ["a logger with names", { base: { pid: 7, name: "x" }, timestamp: (): string => ',"time":8' }],
])("a line of ready members is the one that pino writes of %s", (_which, options) => {
  const lines: string[] = [];
  const logger = pino(options, { write: (line: string) => lines.push(line) });
  const write = lineWriter(logger, "request");
  for (const level of ["info", "error"] as const) {
    logger[level]({ method: "POST", status: 200, aborted: true, code: undefined, ms: 0.125 }, "request");
    write(level, ',"method":"POST","status":200,"aborted":true,"ms":0.125');
  }
  logger.level = "error";
  write("info", ',"ms":1');
  expect(lines).toHaveLength(4);
  expect([lines[1], lines[3]]).toEqual([lines[0], lines[2]]);
});

test("lines of every length and of any text keep their order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lossd-log-"));
  const file = join(folder, "log");
  const { logger, flush } = createLog("info", openSync(file, "w"));
  const write = lineWriter(logger, "a line");
  const lengths = [1, 10_000, 11_000, 5, 33_000, 100_000, 2, 32_000, 3];
  for (const [count, length] of lengths.entries()) {
    logger.info({ count, text: "€".repeat(length) }, "a line");
    write("info", `,"count":${count},"text":"${"é".repeat(length)}"`);
  }
  await flush(10_000);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  rmSync(folder, { recursive: true });
  const expected = lengths.flatMap((length, count) => [
    [count, "€".repeat(length)],
    [count, "é".repeat(length)],
  ]);
  expect(lines.map((line) => JSON.parse(line)).map(({ count, text }) => [count, text])).toEqual(expected);
});

/** Logs 10 MB, says so on stderr, and ends when all of it was written or dropped. */
const program = `
const { createLog } = await import(${JSON.stringify(import.meta.resolve("#lossd/service/logger.js"))});
const { logger, flush } = createLog("info");
for (let count = 0; count < 10_000; count++) logger.info({ padding: "x".repeat(1000) }, "a line");
process.stderr.write("logged");
await flush(30_000);
await flush(30_000);
`;

test("lines that a reader who stands still costs are counted in the log", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  await once(child.stderr, "data");
  const lines = (await text(child.stdout))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const written = lines.filter(({ msg }) => msg === "a line").length;
  const dropped = lines.filter(({ msg }) => msg === "log lines were dropped");
  expect(dropped.length).toBeGreaterThan(0);
  expect(dropped.reduce((sum, { lines }) => sum + lines, written)).toBe(10_000);
});

test.each([
  ["the process exits", "process.exit(0);"],
  ["nobody catches a fault", "throw new Error();"],
  ["there is nothing left to do", ""],
])("the last lines are written when %s", async (_when, end) => {
  const made = `
const { createLog } = await import(${JSON.stringify(import.meta.resolve("#lossd/service/logger.js"))});
const { logger } = createLog("info");
for (let count = 0; count < 100; count++) logger.info({ count }, "a line");
logger.fatal({ count: 100 }, "the last line");
${end}
`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", made], { stdio: ["ignore", "pipe", "ignore"] });
  const lines = (await text(child.stdout)).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).count)).toEqual(Array.from({ length: 101 }, (_, count) => count));
});
