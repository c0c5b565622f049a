import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import type { Page } from "playwright-core";
import { type Check, close, expect } from "./check.ts";
import { isSettled, open } from "./reader.ts";

/** Runs a program that the page gave, and returns what it printed. */
function output(name: string, text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "lossd-page-"));
  const [command, file] = {
    curl: ["bash", "call.sh"],
    Python: ["python3", "call.py"],
    TypeScript: [process.execPath, "call.mts"],
  }[name] as [string, string];
  writeFileSync(path.join(folder, file), text);
  const { stdout, stderr, status } = spawnSync(command, [path.join(folder, file)], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(status === 0, `${name}: ${stderr}`);
  return stdout;
}

async function lossesOf(page: Page): Promise<string[]> {
  await page.locator(".result td").first().waitFor();
  const cells = await page.locator(".result td[title]").all();
  return Promise.all(cells.map(async (cell) => (await cell.getAttribute("title"))!));
}

/** A file of NumPy, version 1. */
function npy(type: string, shape: string, bytes: Uint8Array): Buffer {
  const fields = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`;
  const header = Buffer.from(`${fields.padEnd(117)}
`);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY"),
    Buffer.from([1, 0, header.length, 0]),
    header,
    bytes,
  ]);
}

export const data: readonly Check[] = [
  {
    name: "a pasted table is computed, and its programs print the same numbers",
    async run(browser, url) {
      const reader = await open(browser, url, "#/compute");
      const { page } = reader;
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.locator("#batch").fill("logit_0,logit_1,label\n2,1,0\n0.5,-1,1\n");
      await page.getByRole("button", { name: "Compute", exact: true }).click();
      const seen = await lossesOf(page);
      expect(seen.length === 2, `${seen.length} losses`);
      for (const name of ["curl", "Python", "TypeScript"]) {
        await page.getByRole("button", { name: `Copy as ${name}` }).click();
        await page.getByText(`${name} copied.`).waitFor();
        const printed = output(name, await page.evaluate<string>("navigator.clipboard.readText()"));
        for (const loss of seen) expect(printed.includes(loss), `${name} prints no ${loss}: ${printed}`);
      }
      await close(reader);
    },
  },
  {
    name: "NumPy's files are computed",
    async run(browser, url) {
      const reader = await open(browser, url, "#/compute");
      const { page } = reader;
      const mimeType = "application/octet-stream";
      const logits = npy("<f8", "2, 2", new Uint8Array(new Float64Array([2, 1, 0.5, -1]).buffer));
      const labels = npy("<i8", "2,", new Uint8Array(new BigInt64Array([0n, 1n]).buffer));
      await page.locator("#files").setInputFiles([
        { name: "logits.npy", mimeType, buffer: logits },
        { name: "labels.npy", mimeType, buffer: labels },
      ]);
      await page.getByText("logits 2 × 2, labels 2").waitFor();
      await page.getByRole("button", { name: "Compute", exact: true }).click();
      const [first] = await lossesOf(page);
      expect(Math.abs(Number(first) - 0.31326) < 1e-4, `${first}`);
      await close(reader);
    },
  },
  {
    name: "many examples show how often the model is right where it is so sure",
    async run(browser, url) {
      const reader = await open(browser, url, "#/compute");
      const { page } = reader;
      // The surest ten are wrong every other time, the others always right: two points, one of them half-way up.
      const rows = Array.from({ length: 30 }, (_, i) => (i < 10 ? `3,0,${i % 2}` : "1,0,0"));
      await page.locator("#batch").fill(`logit_0,logit_1,label\n${rows.join("\n")}\n`);
      await page.getByRole("button", { name: "Compute", exact: true }).click();
      const chart = page.locator("figure", { hasText: "how often it is right" });
      await chart.locator("svg").waitFor();
      const heights = await Promise.all((await chart.locator(".dot").all()).map((dot) => dot.getAttribute("cy")));
      expect(heights.length === 2 && Number(heights[1]) > Number(heights[0]), `points at ${heights}`);
      await close(reader);
    },
  },
  {
    name: "what is wrong with a batch is said at its field",
    async run(browser, url) {
      const { page } = await open(browser, url, "#/compute");
      await page.locator("#batch").fill("logit_0,logit_1,label\n2,1,7\n");
      await page.getByRole("button", { name: "Compute", exact: true }).click();
      await page.locator('[data-field="labels"]').getByText("class index 7").waitFor();
      await page.close();
    },
  },
  {
    name: "a printed gradient is judged, and its mistake named",
    async run(browser, url) {
      const reader = await open(browser, url, "#/check");
      const { page } = reader;
      await page.locator("#logits").fill("tensor([[2.0, 1.0, 0.1]])");
      await page.locator("#labels").fill("tensor([1])");
      const gradients = page.locator("#claim-gradients");
      await gradients.fill("tensor([[0.6590, 0.2424, 0.0986]], grad_fn=<MeanBackward0>)");
      const button = page.getByRole("button", { name: "Check", exact: true });
      await button.click();
      await page.getByText("subtract the target").waitFor();
      await gradients.fill("tensor([[0.6590, -0.7576, 0.0986]])");
      await button.click();
      await page.locator("h2:text-is('All right.')").waitFor();
      await gradients.fill("tensor([[0.6590, ..., 0.0986]])");
      await button.click();
      await page.getByText("Some numbers are left out").waitFor();
      await isSettled(page);
      await close(reader);
    },
  },
];
