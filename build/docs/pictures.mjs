// Pictures of the running product in a browser, light and dark, into docs/pictures/. It needs Chromium; which one says
// CHROMIUM, else the one on PATH is taken.
import { mkdirSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { startService } from "./service.mjs";

const shots = [
  { name: "page", path: "/#/?z=-4&y=1", ready: "tbody td", width: 1160, height: 680 },
  { name: "page-phone", path: "/#/?z=-4&y=1", ready: "tbody td", width: 360, height: 640 },
  { name: "api-docs", path: "/docs", ready: ".opblock-tag", width: 1100, height: 760, schemes: ["light"] },
];

/** Takes each picture anew. Throws if a page says that something is wrong. */
export async function takePictures() {
  mkdirSync("docs/pictures", { recursive: true });
  const service = await startService();
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    for (const { name, path, ready, width, height, schemes = ["light", "dark"] } of shots) {
      for (const scheme of schemes) {
        const options = { viewport: { width, height }, colorScheme: scheme, reducedMotion: "reduce" };
        const page = await browser.newPage(options);
        const complaints = [];
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        await page.goto(new URL(path, service.url).href, { waitUntil: "networkidle" });
        await page.waitForSelector(ready);
        const file = `docs/pictures/${name}-${scheme}.png`;
        writeFileSync(file, await page.screenshot());
        await page.close();
        if (complaints.length > 0) throw new Error(`${path}: ${complaints.join("; ")}`);
        console.log(`wrote ${file}`);
      }
    }
  } finally {
    await browser.close();
    await service.stop();
  }
}
