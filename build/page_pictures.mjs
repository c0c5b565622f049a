// node build/page_pictures.mjs CHROMIUM: takes the README's pictures of the page, of the service as it is built.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [executablePath] = process.argv.slice(2);
if (!executablePath) throw new Error("usage: node build/page_pictures.mjs CHROMIUM");
const env = { ...process.env, PORT: "0", HOST: "127.0.0.1" };
const service = spawn(process.execPath, ["dist/main.js", "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const url = await new Promise((resolve) => {
    createInterface({ input: service.stdout }).on("line", (line) => {
      const found = /ready at (http:\/\/[^\s"]+)/.exec(line);
      if (found) resolve(found[1]);
    });
  });
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 1160, height: 680 }, colorScheme });
    await page.goto(`${url}/#/?z=-4&y=1`);
    await page.locator("tbody td").first().waitFor();
    await page.screenshot({ path: `docs/pictures/page-${colorScheme}.png` });
  }
} finally {
  await browser.close();
  service.kill();
}
