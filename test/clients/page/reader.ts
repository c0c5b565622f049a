import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Someone who reads the page: a browser's tab, and all that went wrong in it. */
export interface Reader {
  readonly page: Page;
  /** Words on the console, breaches of the policy, requests to elsewhere. */
  readonly faults: readonly string[];
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
}

/** Opens a place of the page (`#/explore`) and waits until it has drawn. */
export async function open(
  browser: Browser,
  url: string,
  place: string,
  screen: Partial<Screen> = {},
): Promise<Reader> {
  const { width = 1280, height = 800, colorScheme = "light" } = screen;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
  const faults: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`elsewhere: ${request.url()}`);
  });
  await page.goto(url + place);
  await page.locator("main h1").waitFor();
  return { page, faults };
}

/** Resolves when the page shows what the service said last. */
export async function isSettled(page: Page): Promise<void> {
  await page.locator("main:not([aria-busy])").waitFor();
}

/** What axe finds wrong, in its words. Its script comes by the debugger, which no policy of a page forbids. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { target: string[] }[] }[] }>(
    "axe.run()",
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
}
