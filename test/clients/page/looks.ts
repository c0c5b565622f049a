import path from "node:path";
import process from "node:process";
import type { Page } from "playwright-core";
import { type Check, close, expect } from "./check.ts";
import { findBarriers, isSettled, open, overflow } from "./reader.ts";

const folder = process.env["PICTURES"];
const places = [
  "#/",
  "#/lessons?at=example-1",
  "#/lessons?at=quiz-2",
  "#/why",
  "#/explore?curve=focal&keep=binary_cross_entropy",
  "#/compute?loss=cross_entropy&run=1",
  "#/check?loss=cross_entropy&run=1",
];
const wide = { width: 1280, height: 800 };
const narrow = { width: 360, height: 640 };

/** Every page in both colours and two widths: nothing sticks out, and axe finds nothing. */
export const looks: readonly Check[] = places.map((place) => ({
  name: `${place} fits, and has no barriers in light and dark`,
  async run(browser, url) {
    const reader = await open(browser, url, place, wide);
    const { page } = reader;
    for (const [colorScheme, size] of [
      ["light", wide],
      ["dark", narrow],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      await isSettled(page);
      const barriers = await findBarriers(page);
      expect(barriers.length === 0, `${size.width} px, ${colorScheme}: ${barriers.join("\n")}`);
      const wider = await overflow(page);
      expect(wider <= 0, `${wider} px wider than ${size.width} px`);
    }
    if (folder) await keepPictures(page, path.join(folder, place.replace(/\?.*/, "").replace(/\W+/g, "") || "start"));
    await close(reader);
  },
}));

/** For a person to look at: nothing compares them. */
async function keepPictures(page: Page, name: string): Promise<void> {
  for (const scene of await page.locator(".scene").all()) {
    await scene.scrollIntoViewIfNeeded();
    await scene.locator("svg[role=img]").first().waitFor();
    await isSettled(page);
  }
  for (const colorScheme of ["light", "dark"] as const) {
    for (const size of [wide, narrow]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      await page.screenshot({ path: `${name}-${size.width}-${colorScheme}.png`, fullPage: true });
    }
  }
}
