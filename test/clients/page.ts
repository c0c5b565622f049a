// node test/clients/page.ts CHROMIUM [WORDS]: all checks, or those whose sentence has these words
// The page at / in a real browser, in front of the built service. Each check is a sentence; the first that does not hold
// ends the run. PICTURES=folder keeps what was seen.
import process from "node:process";
import { chromium } from "playwright-core";
import { data } from "./page/data.ts";
import { exploring } from "./page/exploring.ts";
import { firstScreen } from "./page/first_screen.ts";
import { lessons } from "./page/lessons.ts";
import { looks } from "./page/looks.ts";
import { serving } from "./page/serving.ts";
import { startService } from "./service.ts";

async function main([executablePath, only = ""]: readonly string[]): Promise<void> {
  if (!executablePath) throw new Error("usage: page.ts CHROMIUM");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const service = await startService();
  try {
    const all = [...firstScreen, ...lessons, ...exploring, ...data, ...serving, ...looks].filter(({ name }) =>
      name.includes(only),
    );
    for (const { name, run } of all) {
      const started = performance.now();
      await run(browser, service.url);
      process.stdout.write(`${name}: ${Math.round(performance.now() - started)} ms\n`);
    }
    process.stdout.write(`${all.length} passed, 0 failed\n`);
  } finally {
    await browser.close();
    await service.stop();
  }
}

await main(process.argv.slice(2));
