import type { Browser, Page } from "playwright-core";
import type { Reader } from "./reader.ts";

export interface Check {
  /** What holds, as a sentence. */
  readonly name: string;
  run(browser: Browser, url: string): Promise<void>;
}

export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** The numbers of a row of the page's table, as the service sent them. */
export async function numbersOf(page: Page, row: string): Promise<number[]> {
  const cells = await page.locator(`tbody tr:has(th:text-is("${row}")) td`).all();
  return Promise.all(cells.map(async (cell) => Number(await cell.getAttribute("title"))));
}

/** Closes the tab, in which nothing may have gone wrong. */
export async function close({ page, faults }: Reader): Promise<void> {
  await page.close();
  expect(faults.length === 0, faults.join("\n"));
}
