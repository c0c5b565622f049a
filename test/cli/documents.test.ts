// How reports come to their places, where others may have put something before.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replaceFile } from "#lossd/cli/documents.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "lossd-reports-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a link in a report's place is replaced, and what it leads to stays as it is", async () => {
  const [precious, report] = [path.join(folder, "precious"), path.join(folder, "report")];
  writeFileSync(precious, "precious");
  symlinkSync(precious, report);
  await replaceFile(report, "score");
  expect([readFileSync(precious, "utf8"), readFileSync(report, "utf8")]).toEqual(["precious", "score"]);
  expect(readdirSync(folder).sort()).toEqual(["precious", "report"]);
});

test("nobody can know by which name a report is written before it has its own", async () => {
  const names = new Set<string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(folder, (_event, name) => {
    if (name?.startsWith("csv.")) names.add(name);
    if (names.size === 2) resolve();
  });
  for (const text of ["first", "second"]) await replaceFile(path.join(folder, "csv"), text);
  await promise;
  watcher.close();
  for (const name of names) expect(name).toMatch(/^csv\.[0-9a-f]{32}\.part$/);
});
